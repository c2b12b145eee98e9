// The gain of storing matrices in fewer bits: a decode step over a full budget for each storage, and in it the time of
// the matrix products.
import { openGpu } from '../gpu/device.ts'
import { measureFilling, stepTimes } from './answering.ts'
import type { BenchOptions } from './bench.ts'
import { efforts } from './efforts.ts'
import { openRandomEngine } from './random_model.ts'
import type { Ceilings, WeightsRecord } from './record.ts'
import { tokenWork, totalWork, type Step } from './roofline.ts'
import type { Shape } from './shapes.ts'

const storages = ['f16', 'q8', 'q4'] as const

/** One after the other, each on a device of its own, whose destruction frees all buffers. */
export async function measureByWeights(
  shape: Shape,
  ceilings: Ceilings,
  options: Pick<BenchOptions, 'gpu' | 'effort'>,
): Promise<readonly WeightsRecord[]> {
  const measured: WeightsRecord[] = []
  for (const weights of storages) {
    const gpu = await openGpu(options.gpu)
    try {
      const random = await openRandomEngine(gpu, shape, { storage: { weights } })
      const { engine } = random
      const { budget } = engine.plan.settings
      const amounts = efforts[options.effort]
      const { flop, bytes } = totalWork(tokenWork(engine.plan, budget))
      const { tokensPerSecond, mbu } = await measureFilling(engine, budget, amounts, ceilings)
      const times = await stepTimes(random, amounts)
      measured.push({
        weights,
        flop,
        bytes,
        tokensPerSecond,
        mbu,
        matrixMs: times && matrixMs(times),
      })
    } finally {
      gpu.close()
    }
  }
  return measured
}

/** Of the steps that multiply by a matrix. */
function matrixMs(times: ReadonlyMap<Step, number>): number {
  return [...times].reduce((sum, [step, ms]) => sum + (step.startsWith('project') ? ms : 0), 0)
}
