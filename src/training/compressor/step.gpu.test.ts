// Steps of a compressor's training on the GPU compared with the reference, and their memory.
import { expect, test } from 'vitest'
import { at } from '../../../reference/at.ts'
import { randomModel, randomPrompt, smallShape } from '../../../reference/random_model.ts'
import { convolutionGradient } from '../../../reference/train_compressor.ts'
import { trainingData } from '../../../reference/train_heads.ts'
import { unpackConvolution } from '../../forward/merging_layout.ts'
import { farthest } from '../../testing/farthest.ts'
import { gpuOfFile } from '../../testing/gpu_of_file.ts'
import { expectClose } from '../../testing/gpu.ts'
import { model, openTrainer, settings } from '../../testing/small_compressor_training.ts'
import { readValues } from '../state.ts'
import { moments } from '../trained_matrix.ts'
import type { TrainedConvolution } from './buffers.ts'
import { compressorTrainingBytes } from './plan.ts'
import type { CompressorOverrides } from '../../api/training.ts'
import { judgeCompressor, trainCompressorStep } from './step.ts'
import { createCompressorTrainer, type CompressorTrainer } from './trainer.ts'

const gpu = gpuOfFile()

/** One kind of every layer's buffers, in the reference's layout. */
async function layersOf(trainer: CompressorTrainer, what: 'weights' | 'mean') {
  const { merging, buffers, engine } = trainer
  const read = (convolution: TrainedConvolution, name: keyof TrainedConvolution) =>
    readValues(gpu, convolution[name][what])
  return Promise.all(
    buffers.convolutions.map(async (layer) => ({
      merged: merging.merged,
      taps: merging.taps,
      weights: unpackConvolution(await read(layer, 'weights'), engine.plan.model, merging),
      bias: (await read(layer, 'bias')).slice(0, merging.merged),
      lambda: at(await read(layer, 'lambda'), 0),
    })),
  )
}

/** (layer): q, k and v of a document. */
function qkvOf({ reference }: typeof model, document: Uint32Array): Float32Array[] {
  const nobody = [{ ids: randomPrompt(1, 9), firstAnswer: 0 }]
  return trainingData(reference, document, nobody, 'largestScore').map(({ inputs }) => inputs)
}

/** The largest difference, divided by the largest value. */
function apart(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  return farthest(got, expected) / largest
}

async function check(trainer: CompressorTrainer, of = model, steps = 2): Promise<void> {
  const { plan } = trainer.engine
  for (let step = 0; step < steps; step++) {
    const document = randomPrompt(60 - 7 * step, step + 1)
    const before = await layersOf(trainer, 'weights')
    const means = await layersOf(trainer, 'mean')
    const { lost } = await trainCompressorStep(trainer, document, step)
    const found = await layersOf(trainer, 'mean')
    const losses = qkvOf(of, document).map((qkv, layer) => {
      const expected = convolutionGradient(
        qkv,
        layer,
        of.reference,
        before[layer]!,
        plan.settings,
        1 / trainer.settings.length,
      )
      const mean = (old: ArrayLike<number>, gradient: ArrayLike<number>) =>
        Array.from(gradient, (g, i) => moments.beta1 * at(old, i) + (1 - moments.beta1) * g)
      for (const name of ['weights', 'bias'] as const) {
        const wanted = mean(means[layer]![name], expected[name])
        expect(apart(found[layer]![name], wanted), `${name} of layer ${layer}`).toBeLessThan(2e-3)
      }
      const [lambda] = mean([means[layer]!.lambda], [expected.lambda])
      const size = expected.bias.reduce((sum, slope) => sum + Math.abs(slope), 0) / 10
      expect(Math.abs(found[layer]!.lambda - lambda!)).toBeLessThan(
        2e-3 * (size + Math.abs(lambda!)),
      )
      return expected.difference / expected.size
    })
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length
    expect(Math.abs(lost - mean)).toBeLessThan(1e-3 * mean)
    expect(lost).toBeGreaterThan(0)
  }
}

test.each<[string, CompressorOverrides]>([
  ['lococo, keys merged before rotation', {}],
  ['lococo, keys merged after it', { positions: 'original' }],
  ['locret+lococo', { policy: { name: 'locret+lococo', keptShare: 0.7 } }],
])('two steps as the reference takes them: %s', async (_name, changes) => {
  await check((await openTrainer(gpu, changes)).trainer)
})

test('two steps as the reference takes them: chunks of several blocks', async () => {
  const { trainer } = await openTrainer(gpu)
  const { engine, reading, merging, kernels } = trainer
  const plan = { ...engine.plan, block: 5 }
  const parts = [
    engine.kernels,
    reading.policy,
    engine.weights,
    merging,
    kernels,
    trainer.settings,
  ] as const
  await check(createCompressorTrainer(gpu, plan, ...parts))
})

test.each([1, 2, 4, 8])(
  'a step as the reference takes it: %d heads on a KV head',
  async (group) => {
    const grouped = randomModel({ ...smallShape, layers: 1, heads: group, kvHeads: 1 }, 3)
    await check((await openTrainer(gpu, {}, grouped)).trainer, grouped, 1)
  },
)

test('λ stays within its bounds', async () => {
  const { trainer } = await openTrainer(gpu, { rate: 0.9, warmUp: 0 })
  await trainCompressorStep(trainer, randomPrompt(60, 1), 0)
  for (const { lambda } of await layersOf(trainer, 'weights')) expect([0, 1]).toContain(lambda)
})

test('looking learns nothing and measures what a step does', async () => {
  const { trainer } = await openTrainer(gpu)
  const document = randomPrompt(60, 1)
  const before = await layersOf(trainer, 'weights')
  const shares = await judgeCompressor(trainer, document)
  expect(await layersOf(trainer, 'weights')).toEqual(before)
  expect(shares).toHaveLength(2)
  const { lost } = await trainCompressorStep(trainer, document, 0)
  expectClose([(at(shares, 0) + at(shares, 1)) / 2], [lost], 1e-6)
})

test('the bytes are those stated before, and a step adds none', async () => {
  const before = gpu.memory.live()
  const { trainer } = await openTrainer(gpu, { policy: 'locret+lococo' })
  const after = gpu.memory.live()
  const stated = compressorTrainingBytes(trainer.engine.plan, trainer.settings)
  expect({
    weights: after.weights - before.weights,
    cache: after.cache - before.cache,
    scratch: after.scratch - before.scratch,
  }).toEqual(stated)
  expect(trainer.settings).toEqual({
    ...settings,
    policy: { name: 'locret+lococo', keptShare: 0.875 },
  })
  await trainCompressorStep(trainer, randomPrompt(60, 1), 0)
  const { peak: _, ...held } = gpu.memory.live()
  expect(after).toMatchObject(held)
})
