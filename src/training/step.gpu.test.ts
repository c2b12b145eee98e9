// Steps of training on the GPU compared with the reference and PyTorch.
import { expect, test } from 'vitest'
import { at } from '../../reference/at.ts'
import { randomPrompt } from '../../reference/random_model.ts'
import {
  headGradient,
  headScores,
  trainingData,
  updateHead,
  type LayerData,
} from '../../reference/train_heads.ts'
import { assemble } from '../../reference/weights.ts'
import { readBuffer } from '../gpu/readback.ts'
import { retainingHeadColumns } from '../model/rotary_layout.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { expectClose } from '../testing/gpu.ts'
import {
  deltaNetHybrid,
  hybrid,
  model,
  openTrainer,
  settings,
  tensorsOf,
} from '../testing/small_training.ts'
import { loadTrainer } from './load.ts'
import { topOverlap } from './overlap.ts'
import { estimateTrainingBytes } from './plan.ts'
import type { TrainingSample } from './sample.ts'
import { writeHeads } from './heads_file.ts'
import { rateFactor } from './schedule.ts'
import { leastLabel, optimizer } from './settings.ts'
import { moments as adamMoments } from './trained_matrix.ts'
import { judge, trainStep } from './step.ts'
import { createTrainer, type Trainer } from './trainer.ts'

const gpu = gpuOfFile()

/** Replies with and without a question. */
const samples: readonly TrainingSample[] = [
  {
    context: randomPrompt(70, 1),
    replies: [
      { ids: randomPrompt(9, 2), firstAnswer: 4 },
      { ids: randomPrompt(24, 3), firstAnswer: 1 },
    ],
  },
  { context: randomPrompt(33, 4), replies: [{ ids: randomPrompt(5, 5), firstAnswer: 0 }] },
]

/** As in `repeat`: one reply, longer than a block of 32. */
const repeating: typeof samples = [
  { context: randomPrompt(60, 6), replies: [{ ids: randomPrompt(80, 7), firstAnswer: 21 }] },
]

async function headsOf(trainer: Trainer, of = model) {
  const tensors = await tensorsOf(await writeHeads(gpu, of.description, trainer.buffers.heads, {}))
  const weights = new Map(of.tensors.map(({ name, values }) => [name, values]))
  return assemble(of.description, weights, tensors).layers.flatMap((layer) =>
    'retaining' in layer ? layer.retaining! : [],
  )
}

function lossWeights(tokens: number) {
  const { kvHeads } = model.description // all models here have two layers of attention
  return {
    regression: 1 / (2 * kvHeads * tokens),
    smoothing: settings.smoothing / (kvHeads * (tokens - 1)),
  }
}

test.each([
  [70, 'answer', 'largestScore', samples, model],
  [32, 'share', 'largestLogShare', samples, model],
  [32, 'repeat', 'largestLogShare', repeating, model],
  [32, 'answer', 'largestScore', samples, hybrid],
  [32, 'answer', 'largestScore', samples, deltaNetHybrid],
] as const)('three steps as the reference takes them, in blocks of %d, by %s', async (...given) => {
  const [block, label, measure, documents, of] = given
  const { trainer: whole } = await openTrainer(gpu, { label }, of)
  const { plan, kernels, weights: frozen } = whole.engine
  const trainer = createTrainer(gpu, { ...plan, block }, kernels, frozen, whole.kernels, {
    ...settings,
    label,
  })
  const heads = await headsOf(trainer, of)
  const moments = heads.map(({ fc1, fc2 }) => {
    const zeros = (of: Float32Array) => ({
      mean: new Float32Array(of.length),
      square: new Float32Array(of.length),
    })
    return { fc1: zeros(fc1), fc2: zeros(fc2) }
  })
  for (const step of [0, 1, 2]) {
    const { context, replies } = documents[step % documents.length]!
    const loss = await trainStep(trainer, { context, replies }, step)
    const data = trainingData(of.reference, context, replies, measure)
    const rate = settings.rate * rateFactor(step, settings)
    let [regression, smoothing] = [0, 0]
    data.forEach((layerData: LayerData, layer) => {
      const head = heads[layer]!
      const weights = lossWeights(context.length)
      const gradient = headGradient(layerData, head, of.description, weights, leastLabel[label])
      updateHead(head, gradient, moments[layer]!, { ...optimizer, ...adamMoments, rate }, step + 1)
      regression += gradient.regression
      smoothing += gradient.smoothing
    })
    expectClose([loss.regression, loss.smoothing], [regression, smoothing], 2e-3)
  }
  const got = await headsOf(trainer, of)
  got.forEach((head, layer) => {
    // three steps of at most 2e-3 each; the file rounds to f16
    expectClose(head.fc1, heads[layer]!.fc1, 1e-3)
    expectClose(head.fc2, heads[layer]!.fc2, 1e-3)
  })
})

interface HeadsFixture {
  readonly rate: number
  readonly smoothing: number
  readonly reply: number[]
  readonly firstAnswer: number
  readonly losses: [number, number][]
  readonly labels: number[][]
  readonly trained: Record<string, number[]>
}

test('three steps as PyTorch takes them, from the same heads', async () => {
  const folder = '/fixtures/gqa-tied-f32/'
  const json = async (name: string) => (await fetch(folder + name)).json() as Promise<unknown>
  const expected = (await json('train_heads.json')) as HeadsFixture
  const { promptIds } = (await json('expected.json')) as { promptIds: number[] }
  const start = await tensorsOf(await (await fetch(`${folder}heads.safetensors`)).blob())
  const { rate, smoothing } = expected
  const { trainer } = await loadTrainer(
    gpu,
    new URL(folder, location.href),
    // of 1,000 steps after a warm-up of one, the first three have nearly the full rate
    {
      label: 'answer',
      steps: 1000,
      warmUp: 0.001,
      hidden: 16,
      length: 200,
      reply: 16,
      questions: 1,
      rate,
      smoothing,
    },
    'f32',
    async () => undefined,
    () => undefined,
    undefined,
  )
  const { engine, buffers } = trainer
  const { model: description } = engine.plan
  buffers.heads.forEach(({ fc1, fc2 }, layer) => {
    const file = (name: string) => start.get(`model.layers.${layer}.self_attn.${name}.weight`)!
    const columns = retainingHeadColumns(description, layer)
    const weights = Float32Array.from({ length: 16 * 64 }, (_, i) =>
      at(file('fc1'), i - (i % 64) + at(columns, i % 64)),
    )
    gpu.device.queue.writeBuffer(fc1.weights, 0, weights)
    gpu.device.queue.writeBuffer(fc2.weights, 0, file('fc2').slice())
  })
  const replies = [{ ids: Uint32Array.from(expected.reply), firstAnswer: expected.firstAnswer }]
  const sample = { context: Uint32Array.from(promptIds), replies }
  await judge(trainer, sample) // writes the last layer's labels
  const lastLabels = new Float32Array(await readBuffer(gpu.device, buffers.labels))
  const labels = buffers.layerCache.heads.flatMap(({ offset }) => [
    ...lastLabels.subarray(offset, offset + promptIds.length),
  ])
  expectClose(labels, expected.labels.at(-1)!, 1e-4)
  for (const [step, [regression, smooth]] of expected.losses.entries()) {
    const loss = await trainStep(trainer, sample, step)
    expectClose([loss.regression, loss.smoothing], [regression, smooth], 2e-3)
  }
  const trained = await tensorsOf(await writeHeads(gpu, description, buffers.heads, {}))
  for (const [name, weights] of Object.entries(expected.trained)) {
    expectClose(trained.get(name)!, weights, 1e-3)
  }
})

test('looking learns nothing and measures the overlap of the reference', async () => {
  const { trainer } = await openTrainer(gpu)
  const before = await headsOf(trainer)
  const { context, replies } = samples[0]!
  const found = await judge(trainer, { context, replies })
  expect(await headsOf(trainer)).toEqual(before)
  const { kvHeads } = model.description
  trainingData(model.reference, context, replies, 'largestLogShare').forEach((data, layer) => {
    const { labels } = data
    const { scores } = headScores(data, before[layer]!, model.description)
    let overlap = 0
    for (let head = 0; head < kvHeads; head++) {
      const part = (of: Float32Array) =>
        of.subarray(head * context.length, (head + 1) * context.length)
      overlap += topOverlap(part(scores), part(labels)) / kvHeads
    }
    expect(Math.abs(overlap - at(found, layer))).toBeLessThanOrEqual(1 / 7 / kvHeads + 1e-6) // one of seven tokens, in one head
  })
})

test.each([
  ['attention alone', model],
  ['short convolutions', hybrid],
  ['delta nets', deltaNetHybrid],
])('the bytes are those stated before, and a step adds none: %s', async (_name, of) => {
  const before = gpu.memory.live()
  const { trainer } = await openTrainer(gpu, {}, of)
  const after = gpu.memory.live()
  expect({
    weights: after.weights - before.weights,
    cache: after.cache - before.cache,
    scratch: after.scratch - before.scratch,
  }).toEqual(estimateTrainingBytes(of.description, settings, 'f32'))
  await trainStep(trainer, samples[0]!, 0)
  const { peak: _, ...held } = gpu.memory.live()
  expect(after).toMatchObject(held)
})
