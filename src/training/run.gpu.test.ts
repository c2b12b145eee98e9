// Whole trainings: interrupted, resumed, rejected, diverged.
import { expect, test } from 'vitest'
import { randomPrompt } from '../../reference/random_model.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { openTrainer, tensorsOf } from '../testing/small_training.ts'
import { encodeSample } from './encode.ts'
import { matricesOf } from './head.ts'
import { headsTrainee } from './load.ts'
import { runTraining, type RunOptions, type TrainedRun } from './run.ts'
import type { TrainingSample } from './sample.ts'
import type { TrainingSettings } from '../api/training.ts'
import { readState } from './state.ts'
import type { Trainer } from './trainer.ts'

const gpu = gpuOfFile()

const nothing = () => undefined

/** A generated line of letters, different for every step. */
function text(seed: number) {
  const letters = (count: number, of: number) =>
    String.fromCharCode(...randomPrompt(count + 1, of).subarray(1))
  const turns = [{ question: letters(3, seed + 60), answer: letters(4, seed + 90) }]
  return { context: letters(50, seed + 20), turns, name: `line ${seed}` }
}

async function run(
  changes: Partial<TrainingSettings>,
  options: Partial<RunOptions<TrainingSample>>,
  name = 'letters',
  onOpened: (trainer: Trainer) => void = nothing,
): Promise<TrainedRun & { readonly trainer: Trainer }> {
  const { trainer, prepared, model } = await openTrainer(gpu, changes)
  onOpened(trainer)
  const { tokenizer, chat } = prepared
  const sample = (seed: number) => encodeSample(tokenizer, chat, text(seed), trainer.settings)
  const done = await runTraining(headsTrainee(trainer), {
    samples: { name, heldOut: 1, at: sample, heldOutAt: () => sample(-1) },
    model,
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
  expect(await tensorsOf(resumed.file)).toEqual(await tensorsOf(whole.file))
  expect(whole.history.losses).toHaveLength(6)
})

test('a checkpoint of another training is refused by what differs', async () => {
  let state: Blob | undefined
  const { trainer } = await run(
    { steps: 1 },
    { onCheckpoint: (checkpoint) => (state = checkpoint) },
  )
  await expect(run({ steps: 2 }, { resume: state })).rejects.toThrow(/another settings/)
  await expect(run({ steps: 1 }, { resume: state }, 'x')).rejects.toThrow(
    /made with another data \(letters, here x\)/,
  )
  const matrices = matricesOf(trainer.buffers.heads)
  await expect(readState(gpu, matrices, new Blob([new Uint8Array(40)]))).rejects.toThrow(
    /checkpoint/,
  )
})

test('a loss that is not a number ends the run; the checkpoint from before it stands', async () => {
  let trainer: Trainer | undefined
  let state: Blob | undefined
  const spoil = () => {
    const { weights } = trainer!.buffers.heads[1]!.fc2
    gpu.device.queue.writeBuffer(weights, 0, Float32Array.of(NaN))
  }
  const diverging = run(
    { steps: 3 },
    {
      onHistory: ({ losses }) => losses.length === 2 && spoil(),
      checkpointDue: () => state === undefined,
      onCheckpoint: (checkpoint) => (state = checkpoint),
    },
    'letters',
    (opened) => (trainer = opened),
  )
  await expect(diverging).rejects.toThrow(
    /loss of step 3 is not a number; the checkpoint of step 1 is kept; train anew with a rate below/,
  )
  const { history } = await run({ steps: 3 }, { resume: state })
  expect(history.losses).toHaveLength(3)
  expect(history.losses.every(({ regression }) => Number.isFinite(regression))).toBe(true)
})
