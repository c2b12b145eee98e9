// Cost of a training step of retaining heads, relative to its forward pass: the same tokens through the same model, with
// and without heads. A step stops after the last layer's scores and labels, while the forward pass is whole. With a
// single layer the ratio therefore means little.
import { clearCache } from '../forward/engine.ts'
import { makePlan } from '../plan/plan.ts'
import { forwardBlocks } from '../reading/prefill.ts'
import { resolveSettings } from '../plan/settings.ts'
import { keepsAll } from '../policies/full.ts'
import { compileTraining } from '../training/kernels.ts'
import { slotsFor, steadyPlan } from '../training/plan.ts'
import { resolveTrainingSettings } from '../training/settings.ts'
import { trainStep } from '../training/step.ts'
import { createTrainer } from '../training/trainer.ts'
import type { Amounts } from './efforts.ts'
import type { RandomEngine } from './random_model.ts'
import type { TrainingRecord } from './record.ts'
import { repeat, spreadOf } from './statistics.ts'

/**
 * Empties the reading engine's cache. Measures both alternately, so that other load on the machine affects both alike.
 */
export async function measureTraining(
  { engine: reading }: RandomEngine,
  { repetitions }: Amounts,
  width: number,
): Promise<TrainingRecord> {
  const { gpu, plan, weights, kernels } = reading
  const { model } = plan
  const contextTokens = plan.settings.chunk
  const replyTokens = Math.max(2, Math.min(64, Math.floor(contextTokens / 8)))
  const settings = resolveTrainingSettings(
    { hidden: width, length: contextTokens, reply: replyTokens, questions: 1 },
    model.maxPositions,
  )
  const slots = resolveSettings(slotsFor(settings, plan.settings.storage.weights), model)
  const trainingPlan = steadyPlan(makePlan(model, { ...slots, storage: plan.settings.storage }, 0))
  const compiled = await compileTraining(gpu, model, plan.settings, settings.label)
  const trainer = createTrainer(gpu, trainingPlan, kernels, weights, compiled, settings)

  const ids = Uint32Array.from({ length: contextTokens + replyTokens }, (_, i) => i % 251)
  const sample = {
    context: ids.subarray(0, contextTokens),
    replies: [{ ids: ids.subarray(contextTokens), firstAnswer: replyTokens >> 1 }],
  }
  const keeping = { ...reading, policy: keepsAll }
  const forward = async () => {
    clearCache(keeping)
    await forwardBlocks(keeping, sample.context, { opens: true, scored: false }, undefined)
    await forwardBlocks(
      keeping,
      ids.subarray(contextTokens),
      { opens: false, scored: false },
      undefined,
    )
    await keeping.pace.finish(keeping.recorder.submit)
  }
  await forward() // pipelines and pace reach a steady state
  await trainStep(trainer, sample, 0)
  const times = await repeat(repetitions, async () => ({
    forward: await timed(forward),
    step: await timed(() => trainStep(trainer, sample, 1)),
  }))
  clearCache(reading)
  return {
    contextTokens,
    replyTokens,
    forwardMs: spreadOf(times.map(({ forward }) => forward)),
    stepMs: spreadOf(times.map(({ step }) => step)),
    ratio: spreadOf(times.map(({ forward, step }) => step / forward)),
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}
