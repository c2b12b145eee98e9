// A model of random weights made on the GPU, ready to read: without files, with as many bytes as the real one.
import type { Diagnostics, KernelChoice } from '../api/diagnostics.ts'
import type { SettingOverrides } from '../api/settings.ts'
import { createEngine, type Engine } from '../forward/engine.ts'
import { compileKernels } from '../forward/kernel_set.ts'
import { makePlan } from '../plan/plan.ts'
import { chosenPolicy, resolveSettings } from '../plan/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { compile, type Storage } from '../gpu/kernel.ts'
import { padded, type GpuMatrix } from '../model/matrix.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { allocateWeights } from '../model/weights.ts'
import { createCompiler } from '../forward/compiler.ts'
import { openPolicy } from '../policies/policies.ts'
import { chooseVariants } from '../tuning/choose.ts'
import * as kernels from './kernels.ts'
import { describeShape, type Shape } from './shapes.ts'
import { fillCodes } from './random_codes.ts'
import { createStepClock, type StepClock } from './step_clock.ts'

export interface RandomEngine {
  readonly engine: Engine
  readonly clock: StepClock
}

/**
 * Policy locret with the product's default settings and the given ones.
 * @param shares by which budgets are split, where the settings need them
 * @param choice of kernels that have variants
 */
export async function openRandomEngine(
  gpu: Gpu,
  shape: Shape,
  given: SettingOverrides,
  shares?: Shares,
  choice: KernelChoice = 'portable',
): Promise<RandomEngine & { readonly diagnostics: Diagnostics }> {
  const model = describeShape(shape)
  const policy = { ...chosenPolicy(given), name: 'locret' } as const
  const settings = resolveSettings({ ...given, policy }, model, { heads: { shares } })
  const plan = makePlan(model, settings, shape.retainingWidth, 0, shares)
  const weights = allocateWeights(gpu, model, settings.storage.weights, plan.retainingWidth)
  const { variants, diagnostics } = await chooseVariants(gpu, plan, weights, choice)
  const compiler = createCompiler(gpu.device)
  const [compiled, locret] = await Promise.all([
    compileKernels(compiler, plan, variants),
    openPolicy(compiler, plan),
  ])
  const clock = createStepClock(gpu, weights)
  const engine = createEngine(gpu, plan, compiled, weights, locret, {
    profile: clock.profile,
  })
  await fillWeights(engine)
  return { engine: clock.watch(engine), clock, diagnostics }
}

/** (rows, rowWidth), of which the first `width` columns get values in centre ± spread. */
interface Values {
  readonly rows: number
  readonly width: number
  readonly rowWidth: number
  readonly centre: number
  readonly spread: number
}

/** Scaled so that every sum stays near 1 and no softmax or score is degenerate. */
async function fillWeights({ gpu, plan, recorder, weights }: Engine): Promise<void> {
  const { hidden, kvHeads } = plan.model
  const fill = {
    f16: await compile(gpu.device, kernels.fill.f16, {}),
    f32: await compile(gpu.device, kernels.fill.f32, {}),
  }
  let seed = 0

  function random(to: GPUBuffer, kind: Storage, { rows, width, rowWidth, ...values }: Values) {
    const row_eights = rowWidth / 8
    const eights = rows * row_eights
    const params = { seed: seed++, width, row_eights, eights, ...values }
    recorder.run(fill[kind], params, { matrix: to }, kernels.fillGrid(eights))
  }
  const matrix = ({ ins, parts }: GpuMatrix) => {
    const row = { width: ins, rowWidth: padded(ins), centre: 0, spread: Math.sqrt(3 / ins) }
    for (const part of parts) {
      const { storage } = part
      if (storage === 'f16' || storage === 'f32')
        random(part.matrix, storage, { rows: part.outs, ...row })
      else fillCodes(gpu, ins, part, row.spread)
    }
  }
  const normRow = { rows: 1, width: hidden, rowWidth: padded(hidden), centre: 1, spread: 0.2 }
  const norm = (weight: GPUBuffer) => random(weight, 'f32', normRow)

  matrix(weights.embedding)
  norm(weights.finalNorm)
  for (const layer of weights.layers) {
    if (layer.attentionNorm) norm(layer.attentionNorm)
    if (layer.feedForwardNorm) norm(layer.feedForwardNorm)
    matrix(layer.gateUp)
    matrix(layer.down)
    if ('convolution' in layer) throw new Error('the bench has no shape with short convolutions')
    if ('deltaNet' in layer) {
      const { mixed, output, convolution, decays, norm: ofHeads } = layer.deltaNet
      matrix(mixed)
      matrix(output)
      for (const values of [convolution, decays, ofHeads]) {
        const all = values.size / 4
        random(values, 'f32', { rows: 1, width: all, rowWidth: all, centre: 0.5, spread: 0.5 })
      }
      continue
    }
    matrix(layer.qkv)
    if (layer.attentionGate) matrix(layer.attentionGate)
    const headNorms = layer.headNorms ?? layer.turnedNorms
    if (headNorms) {
      const all = headNorms.size / 4
      const row = { rows: 1, width: all, rowWidth: all, centre: 1, spread: 0.2 }
      random(headNorms, 'f32', row)
    }
    matrix(layer.attentionOutput)
    if (!layer.retainingHead) continue
    const { fc1, fc2 } = layer.retainingHead
    matrix(fc1)
    const row = { width: fc1.outs, rowWidth: fc1.outs, centre: 0, spread: Math.sqrt(3 / fc1.outs) }
    random(fc2, 'f32', { rows: kvHeads, ...row })
  }
  recorder.submit()
  await gpu.device.queue.onSubmittedWorkDone()
}
