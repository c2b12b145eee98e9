// The part of `npm run train-heads` and `train-compressor` that runs where the engine does, in a browser tab or in Node.
// Playwright sends the function as text, so it may use only its arguments and the tab's globals.
import type { ModelSource } from '../../src/api/model.ts'
import type { Progress } from '../../src/api/progress.ts'
import type { Trained, Training, TrainingProgress } from '../../src/api/training.ts'
import type * as module from '../../src/index.ts'
import type { Refusal } from '../browser/refusal.ts'

/** dist/module/longtab.js */
export type Engine = Pick<typeof module, 'trainHeads' | 'trainCompressor'>

export interface Task {
  /** which of the module's trainings */
  readonly train: keyof Engine
  /** URL of the model's folder */
  readonly model: string
  /** URL of the JSON lines */
  readonly data?: string
  /** URL of the checkpoint to resume */
  readonly resume?: string
  /** URL for written files: `checkpoint` and `trained` */
  readonly files: string
  /** settings, the URL of heads */
  readonly options: object
}

export type Outcome = Omit<Trained<{ readonly steps: number }>, 'file'>

/** Called on the command line's side. */
export type OnProgress = (progress: Progress | TrainingProgress) => unknown

/** Trains and writes the files. An error of the engine is returned; any other is thrown. */
export async function trainInPage([engine, task, onProgress]: readonly [
  Engine,
  Task,
  OnProgress,
]): Promise<Outcome | Refusal> {
  const fetched = async (url: string | undefined) =>
    url === undefined ? undefined : (await fetch(url)).blob()
  let putting: Promise<unknown> = Promise.resolve()
  const put = (name: string, body: Blob) => fetch(`${task.files}${name}`, { method: 'PUT', body })
  try {
    const [data, checkpoint] = await Promise.all([fetched(task.data), fetched(task.resume)])
    const train: (source: ModelSource, options: object) => Training<{ readonly steps: number }> =
      engine[task.train]
    const training = train(task.model, {
      ...task.options,
      keep: false, // the tab's storage is deleted when it closes
      ...(data ? { data } : {}),
      ...(checkpoint ? { checkpoint } : {}),
      onProgress: (progress: Progress | TrainingProgress) => void onProgress(progress),
      onCheckpoint(state: Blob) {
        putting = putting.then(() => put('checkpoint', state))
      },
    })
    const { file, ...trained } = await training.finished
    const { ok } = await put('trained', file)
    if (!ok) {
      const message =
        'what was trained could not be written; run it again, it goes on from the last checkpoint'
      return { code: 'not-written', message }
    }
    return trained
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  } finally {
    await putting
  }
}
