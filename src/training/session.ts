// A training for the page's thread: started once, paused, resumed, stopped. Implements training/protocol.ts.
import { openGpu, requireSound, type Gpu } from '../gpu/device.ts'
import { throwIfAborted } from '../api/errors.ts'
import { rootCause } from '../reading/root_cause.ts'
import type { FinishedRun, TrainingSession, TrainRequest } from './protocol.ts'
import { loadCompressor } from './compressor/load.ts'
import { createGate } from './gate.ts'
import { loadHeads } from './load.ts'
import { createProgress } from './progress.ts'
import { runTraining } from './run.ts'
import type { LoadedTrainee } from './trainee.ts'

/** Time between two checkpoints: the most that a closed tab loses. */
const checkpointEveryMs = 120_000

export function openTrainingSession(api: GPU | undefined): TrainingSession {
  const gate = createGate()
  const cancelled = new AbortController()
  let gpu: Gpu | undefined

  async function train(
    request: TrainRequest,
    onProgress: Parameters<TrainingSession['train']>[1],
    onCheckpoint: Parameters<TrainingSession['train']>[2],
  ): Promise<FinishedRun> {
    const { signal } = cancelled
    gpu = await openGpu(api)
    const { target } = request
    switch (target.kind) {
      case 'heads': {
        const loaded = await loadHeads(gpu, request, target.overrides, onProgress, signal)
        return run(gpu, loaded, request, onProgress, onCheckpoint)
      }
      case 'compressor': {
        const loaded = await loadCompressor(gpu, request, target, onProgress, signal)
        return run(gpu, loaded, request, onProgress, onCheckpoint)
      }
    }
  }

  async function run<Sample>(
    on: Gpu,
    { trainee, model, stated, samples }: LoadedTrainee<Sample>,
    { checkpoint }: TrainRequest,
    onProgress: Parameters<TrainingSession['train']>[1],
    onCheckpoint: Parameters<TrainingSession['train']>[2],
  ): Promise<FinishedRun> {
    const { signal } = cancelled
    const { settings } = trainee
    const progress = createProgress(settings, stated, on, onProgress)
    let saved = performance.now()
    const trained = await runTraining(trainee, {
      samples,
      model,
      resume: checkpoint,
      signal,
      onHistory: progress.report,
      onCheckpoint(state, steps) {
        saved = performance.now()
        progress.catchUp()
        onCheckpoint(state, steps)
      },
      checkpointDue: () => gate.closed() || performance.now() - saved > checkpointEveryMs,
      async next() {
        const came = performance.now()
        const went = await gate.pass()
        progress.waited(performance.now() - came)
        throwIfAborted(signal, 'the training')
        requireSound(on)
        return went
      },
    })
    requireSound(on)
    return { ...trained, settings }
  }

  return {
    train: (request, onProgress, onCheckpoint) =>
      train(request, onProgress, onCheckpoint).catch(async (error: unknown) => {
        throw await rootCause(error, gpu)
      }),
    pause: gate.close,
    resume: gate.open,
    stop: gate.stop,
    cancel() {
      cancelled.abort()
      gate.open()
    },
    close: () => gpu?.close(),
  }
}
