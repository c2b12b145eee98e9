// Training on the GPU against the reference, end to end on a random model.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../../reference/at.ts'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, randomPrompt, smallShape } from '../../reference/random_model.ts'
import {
  headGradient,
  trainingData,
  updateHead,
  type LayerData,
} from '../../reference/train_heads.ts'
import { assemble } from '../../reference/weights.ts'
import { openGpu, type Gpu } from '../gpu/device.ts'
import { readBuffer } from '../gpu/readback.ts'
import { blobFile } from '../model/blob_file.ts'
import { retainingHeadColumns } from '../model/rotary_layout.ts'
import { openSafetensors } from '../model/safetensors.ts'
import { openChat } from '../text/chat.ts'
import { openTokenizer } from '../text/tokenizer.ts'
import { expectClose } from '../testing/gpu.ts'
import type { TrainingData } from './data.ts'
import { loadTrainer } from './load.ts'
import { estimateTrainingBytes } from './plan.ts'
import { topOverlap } from './overlap.ts'
import { runTraining, type RunOptions, type TrainedRun } from './run.ts'
import type { TrainingSample } from './sample.ts'
import { optimizer, rateFactor, settleTraining, type TrainingSettings } from './settings.ts'
import { readState, writeHeads } from './state.ts'
import { judge, trainStep, type Trainer } from './trainer.ts'

const model = randomModel({ ...smallShape, layers: 2 }, 7)
const wished: Partial<TrainingSettings> = {
  steps: 6,
  hidden: 20,
  length: 70,
  reply: 24,
  questions: 2,
  rate: 2e-3,
  warmUp: 0.5,
  smoothing: 0.1,
  lookEvery: 3,
  heldOut: 1,
  seed: 5,
}
const settings = settleTraining(wished, smallShape.maxPositions)

let gpu: Gpu
const errors: string[] = []
beforeAll(async () => {
  gpu = await openGpu(navigator.gpu)
  gpu.device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message))
})
afterAll(() => {
  gpu.close()
  expect(errors).toEqual([])
})

const nothing = () => undefined

async function open(changes: Partial<TrainingSettings> = {}) {
  const files = modelFiles(model, 'F32')
  const all = { ...wished, ...changes }
  return loadTrainer(gpu, files, all, 'f32', nothing, undefined)
}

/** Contexts of several blocks and of one, replies with and without a question. */
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

/** The heads as official tensors: what a file of them holds, read back. */
async function tensorsOf(heads: Blob): Promise<Map<string, Float32Array>> {
  const checkpoint = await openSafetensors(blobFile(heads, 'heads', nothing))
  const found = new Map<string, Float32Array>()
  for (const name of checkpoint.tensors.keys()) {
    const values: number[] = []
    for await (const slice of checkpoint.rows(name)) values.push(...slice.values)
    found.set(name, Float32Array.from(values))
  }
  return found
}

async function headsOf(trainer: Trainer) {
  const tensors = await tensorsOf(
    await writeHeads(gpu, model.description, trainer.buffers.heads, {}),
  )
  const weights = new Map(model.tensors.map(({ name, values }) => [name, values]))
  return assemble(model.description, weights, tensors).layers.map(({ retaining }) => retaining!)
}

function lossWeights(tokens: number) {
  const { layers, kvHeads } = model.description
  return {
    regression: 1 / (layers * kvHeads * tokens),
    smoothing: settings.smoothing / (kvHeads * (tokens - 1)),
  }
}

test('three steps as the reference takes them', async () => {
  const { trainer } = await open()
  const heads = await headsOf(trainer)
  const moments = heads.map(({ fc1, fc2 }) => {
    const zeros = (of: Float32Array) => ({
      mean: new Float32Array(of.length),
      square: new Float32Array(of.length),
    })
    return { fc1: zeros(fc1), fc2: zeros(fc2) }
  })
  for (const step of [0, 1, 2]) {
    const { context, replies } = samples[step % samples.length]!
    const loss = await trainStep(trainer, { context, replies }, step)
    const data = trainingData(model.reference, context, replies, 'largestScore')
    const rate = settings.rate * rateFactor(step, settings)
    let [regression, smoothing] = [0, 0]
    data.forEach((layerData: LayerData, layer) => {
      const head = heads[layer]!
      const weights = lossWeights(context.length)
      const gradient = headGradient(layerData, head, model.description, weights)
      updateHead(head, gradient, moments[layer]!, { ...optimizer, rate }, step + 1)
      regression += gradient.regression
      smoothing += gradient.smoothing
    })
    expectClose([loss.regression, loss.smoothing], [regression, smoothing], 2e-3)
  }
  const got = await headsOf(trainer)
  got.forEach((head, layer) => {
    // three steps of at most 2e-3 each; the file rounds to halves
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
    // of 1,000 steps after a warm-up of one, the first three run at full rate, or nearly
    {
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
    nothing,
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
  await judge(trainer, sample) // leaves the last layer's labels behind
  const lastLabels = new Float32Array(await readBuffer(gpu.device, buffers.labels))
  const { capacity } = buffers.cache.layers[0]!
  const labels = Array.from({ length: 2 }, (_, head) => [
    ...lastLabels.subarray(head * capacity, head * capacity + promptIds.length),
  ]).flat()
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
  const { trainer } = await open()
  const before = await headsOf(trainer)
  const { context, replies } = samples[0]!
  const found = await judge(trainer, { context, replies })
  expect(await headsOf(trainer)).toEqual(before)
  const { kvHeads } = model.description
  trainingData(model.reference, context, replies, 'largestScore').forEach((data, layer) => {
    const { labels } = data
    const { scores } = scoresOf(data, before[layer]!)
    let overlap = 0
    for (let head = 0; head < kvHeads; head++) {
      const part = (of: Float32Array) =>
        of.subarray(head * context.length, (head + 1) * context.length)
      overlap += topOverlap(part(scores), part(labels)) / kvHeads
    }
    expect(Math.abs(overlap - at(found, layer))).toBeLessThanOrEqual(1 / 7 / kvHeads + 1e-6) // one of seven, of one head
  })
})

function scoresOf({ inputs, labels }: LayerData, head: { fc1: Float32Array; fc2: Float32Array }) {
  const { kvHeads } = model.description
  const tokens = labels.length / kvHeads
  const width = inputs.length / tokens
  const rows = head.fc2.length / kvHeads
  const scores = new Float32Array(labels.length)
  for (let token = 0; token < tokens; token++) {
    for (let j = 0; j < rows; j++) {
      let x = 0
      for (let i = 0; i < width; i++)
        x += at(head.fc1, j * width + i) * at(inputs, token * width + i)
      for (let kv = 0; kv < kvHeads; kv++) {
        scores[kv * tokens + token]! += (at(head.fc2, kv * rows + j) * x) / (1 + Math.exp(-x))
      }
    }
  }
  return { scores }
}

test('the bytes are those stated before, and a step adds none', async () => {
  const before = gpu.memory.live()
  const { trainer } = await open()
  const after = gpu.memory.live()
  expect({
    weights: after.weights - before.weights,
    cache: after.cache - before.cache,
    scratch: after.scratch - before.scratch,
  }).toEqual(estimateTrainingBytes(model.description, settings, 'f32'))
  await trainStep(trainer, samples[0]!, 0)
  const { peak: _, ...held } = gpu.memory.live()
  expect(after).toMatchObject(held)
})

/** Made-up lines of letters; every step has its own. */
const data: TrainingData = {
  hash: 'letters',
  heldOut: 1,
  at: (step) => text(step),
  heldOutAt: () => text(-1),
}

function text(seed: number) {
  const letters = (count: number, of: number) =>
    String.fromCharCode(...randomPrompt(count + 1, of).subarray(1))
  const turns = [{ question: letters(3, seed + 60), answer: letters(4, seed + 90) }]
  return { context: letters(50, seed + 20), turns, place: `line ${seed}` }
}

async function run(
  changes: Partial<TrainingSettings>,
  options: Partial<RunOptions>,
  spoil: (trainer: Trainer) => void = nothing,
): Promise<TrainedRun & { readonly trainer: Trainer }> {
  const { trainer, files, model: name } = await open(changes)
  spoil(trainer)
  const texts = {
    tokenizer: await files.text('tokenizer.json'),
    config: await files.text('tokenizer_config.json'),
  }
  const tokenizer = openTokenizer(texts)
  const done = await runTraining(trainer, {
    tokenizer,
    chat: openChat(tokenizer, texts),
    data,
    model: name,
    resume: undefined,
    signal: undefined,
    onHistory: nothing,
    onCheckpoint: nothing,
    next: () => Promise.resolve('go'),
    checkpointDue: () => false,
    ...options,
  })
  return { ...done, trainer }
}

test('a training that stopped and went on gives the weights of one that did not', async () => {
  const whole = await run({}, {})
  let steps = 0
  let state: Blob | undefined
  await run(
    {},
    {
      next: () => Promise.resolve(steps++ < 4 ? 'go' : 'stop'),
      onCheckpoint: (checkpoint) => (state = checkpoint),
    },
  )
  const resumed = await run({}, { resume: state })
  expect(resumed.history.losses).toEqual(whole.history.losses)
  expect(resumed.history.looks.map(({ step }) => step)).toEqual([0, 3, 6])
  expect(await tensorsOf(resumed.heads)).toEqual(await tensorsOf(whole.heads))
  expect(whole.history.losses).toHaveLength(6)
})

test('a checkpoint of another training is refused by what differs', async () => {
  let state: Blob | undefined
  const { trainer } = await run(
    { steps: 1 },
    { onCheckpoint: (checkpoint) => (state = checkpoint) },
  )
  await expect(run({ steps: 2 }, { resume: state })).rejects.toThrow(/another settings/)
  await expect(run({ steps: 1 }, { resume: state, data: { ...data, hash: 'x' } })).rejects.toThrow(
    /made with another data \(letters, here x\)/,
  )
  const { heads } = trainer.buffers
  await expect(readState(gpu, heads, new Blob([new Uint8Array(40)]))).rejects.toThrow(/checkpoint/)
})

test('a loss that is not a number ends the run and says so', async () => {
  const spoil = ({ buffers }: Trainer) => {
    const { weights } = buffers.heads[1]!.fc2
    gpu.device.queue.writeBuffer(weights, 0, Float32Array.of(NaN))
  }
  await expect(run({ steps: 2 }, {}, spoil)).rejects.toThrow(/loss of step 1 is not a number/)
})
