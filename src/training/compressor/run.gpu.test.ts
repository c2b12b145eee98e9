// Whole trainings of a compressor: interrupted, resumed, and used for reading.
import { expect, test } from 'vitest'
import { modelFiles } from '../../../reference/model_files.ts'
import { randomPrompt } from '../../../reference/random_model.ts'
import { loadEngine } from '../../reading/load.ts'
import { gpuOfFile } from '../../testing/gpu_of_file.ts'
import { kept, read } from '../../testing/small_engine.ts'
import { model, openTrainer, settings } from '../../testing/small_compressor_training.ts'
import { tensorsOf } from '../../testing/small_training.ts'
import { runTraining, type TrainedRun } from '../run.ts'
import { readValues } from '../state.ts'
import { compressorTrainee } from './load.ts'
import { readingSettings } from './settings.ts'

const gpu = gpuOfFile()

/** @param most steps before it is stopped */
async function run(
  most: number,
  resume?: Blob,
): Promise<TrainedRun & { readonly checkpoint: Blob }> {
  const { trainer, model: name } = await openTrainer(gpu, { steps: 4, lookEvery: 2 })
  let checkpoint = new Blob()
  let steps = 0
  const trained = await runTraining(compressorTrainee(trainer), {
    samples: {
      name: 'letters',
      heldOut: 1,
      at: (step) => randomPrompt(settings.length, step),
      heldOutAt: () => randomPrompt(settings.length, 99),
    },
    model: name,
    resume,
    signal: undefined,
    onHistory: () => undefined,
    onCheckpoint: (state) => (checkpoint = state),
    next: () => Promise.resolve(steps++ < most ? 'go' : 'stop'),
    checkpointDue: () => false,
  })
  return { ...trained, checkpoint }
}

test('a training that stopped and went on gives the compressor of one that did not', async () => {
  const whole = await run(4)
  const { checkpoint } = await run(2)
  const resumed = await run(4, checkpoint)
  expect(resumed.history).toEqual(whole.history)
  expect(whole.history.losses).toHaveLength(4)
  expect(whole.history.looks.map(({ step }) => step)).toEqual([0, 2, 4])
  const tensors = await tensorsOf(whole.file)
  expect(await tensorsOf(resumed.file)).toEqual(tensors)
  expect([...tensors.keys()].filter((name) => name.includes('layers.1.'))).toEqual([
    'model.layers.1.self_attn.memory_saver.layers.0.weight',
    'model.layers.1.self_attn.memory_saver.layers.0.bias',
    'model.layers.1.self_attn.memory_saver.normalizer',
  ])
})

test('what is written is read with the very weights that were trained', async () => {
  const { trainer } = await openTrainer(gpu)
  const { engine: training, buffers } = trainer
  const { weights, bias, lambda } = buffers.convolutions[1]!
  gpu.device.queue.writeBuffer(lambda.weights, 0, Float32Array.of(0.25))
  const { engine } = await loadEngine(gpu, modelFiles(model, 'F32'), {
    overrides: readingSettings(settings, 'f32'),
    heads: undefined,
    compressor: await compressorTrainee(trainer).write({}),
    onProgress: () => undefined,
    signal: undefined,
  })
  const loaded = engine.merging!.layers[1]!
  for (const [trained, found] of [
    [weights, loaded.weights],
    [bias, loaded.bias],
    [lambda, loaded.lambda],
  ] as const) {
    expect(await readValues(gpu, found)).toEqual(await readValues(gpu, trained.weights))
  }
  await read(engine, randomPrompt(70, 3))
  expect((await kept(engine))[0]![0]).toHaveLength(training.plan.merging!.merged)
})
