// A training as the page's thread sees it: started once, paused, resumed, stopped. Carries out worker/training_protocol.ts.
import { openGpu, type Gpu } from '../gpu/device.ts'
import { throwIfAborted } from '../errors.ts'
import { whatHappened } from '../engine/lost.ts'
import { openTexts } from '../engine/texts.ts'
import type { Trained, TrainingSession, TrainRequest } from '../worker/training_protocol.ts'
import { linesData } from './data.ts'
import { encodeReplies } from './encode.ts'
import { createGate } from './gate.ts'
import { loadTrainer } from './load.ts'
import { madeUpData } from './made_up_data.ts'
import { estimateTrainingBytes } from './plan.ts'
import { createProgress } from './progress.ts'
import { runTraining } from './run.ts'
import type { TrainingText } from './sample.ts'

/** Between two checkpoints: what a closed tab may cost. */
const checkpointEveryMs = 120_000

export function openTrainingSession(api: GPU | undefined): TrainingSession {
  const gate = createGate()
  const cancelled = new AbortController()
  let gpu: Gpu | undefined

  async function train(
    request: TrainRequest,
    onProgress: Parameters<TrainingSession['train']>[1],
    onCheckpoint: Parameters<TrainingSession['train']>[2],
  ): Promise<Trained> {
    const { signal } = cancelled
    gpu = await openGpu(api)
    const { source, wished, weights, checkpoint } = request
    const loaded = await loadTrainer(gpu, source, wished, weights, onProgress, signal)
    const { trainer, files, model } = loaded
    const { settings, engine } = trainer
    const { tokenizer, chat } = await openTexts(files, signal)
    const check = (text: TrainingText) => {
      if (settings.label !== 'repeat') encodeReplies(tokenizer, chat, text, settings)
    }
    const data = request.data
      ? await linesData(request.data, settings, check)
      : madeUpData(settings, (text) => tokenizer.encode(text, 'data', 'inside').length)
    const stated = estimateTrainingBytes(engine.plan.model, settings, weights)
    const progress = createProgress(settings, stated, gpu, onProgress)
    let saved = performance.now()
    const run = await runTraining(trainer, {
      tokenizer,
      chat,
      data,
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
        return went
      },
    })
    return { ...run, settings }
  }

  return {
    train: (request, onProgress, onCheckpoint) =>
      train(request, onProgress, onCheckpoint).catch((error: unknown) => {
        throw whatHappened(error, gpu)
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
