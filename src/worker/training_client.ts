// The public training on top of a training session, wherever it runs. A GPU that is lost is asked for again and the
// training goes on from its last checkpoint.
import { proxy } from 'comlink'
import type { ModelSource } from '../api/model.ts'
import type { Trained, Training, TrainOptions } from '../api/training.ts'
import { LongtabError } from '../api/errors.ts'
import { locate } from '../model/locate.ts'
import { totalOf } from '../training/trainee.ts'
import type { TrainingSession, TrainingTarget } from '../training/protocol.ts'
import { settling } from './settling.ts'
import { endThread, patience, type Thread } from './thread.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'

/** Losses of the GPU in a row, without a checkpoint between them, before the training gives up. */
const mostLosses = 3

/**
 * @param targetOf what is trained, from the options that are not those of every training
 * @param open a new session, each on a device of its own
 * Settings are those of the target's kind.
 */
export function openTraining<Settings, Options extends TrainOptions>(
  source: ModelSource,
  options: Options,
  targetOf: (overrides: Omit<Options, keyof TrainOptions>) => TrainingTarget,
  open: () => Promise<Thread<TrainingSession>>,
): Training<Settings> {
  const {
    data,
    weights = 'f16',
    checkpoint: given,
    gpu: _,
    signal,
    onProgress,
    onCheckpoint,
    onLost,
    revision,
    token,
    hub,
    keep,
    ...overrides
  } = options
  const target = targetOf(overrides)
  const location = locate(source, { revision, token, hub, keep })
  let checkpoint = given
  let losses = 0
  let current: LocalOrRemote<TrainingSession> | undefined
  let paused = false
  let stopped = false

  async function attempt(): Promise<Trained<Settings>> {
    const thread = await open()
    const { session, end } = settling(thread.session)
    void thread.failed.then(end)
    current = session
    const cancel = () => {
      Promise.resolve(session.cancel()).catch(() => undefined) // one that has ended has nothing to cancel
      const aborted = new LongtabError('aborted', 'training was cancelled')
      setTimeout(() => end(aborted), patience) // of a worker that never answers
    }
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel)
    try {
      if (paused) await session.pause()
      if (stopped) await session.stop()
      const { file, history, settings } = await session.train(
        { source: location, target, data, weights, checkpoint },
        proxy(onProgress ?? (() => undefined)),
        proxy((state: Blob, steps: number) => {
          checkpoint = state
          losses = 0
          onCheckpoint?.(state, steps)
        }),
      )
      return {
        file,
        settings: settings as Settings,
        losses: history.losses.map(totalOf),
        looks: history.looks,
      }
    } finally {
      current = undefined // what has ended would never answer
      signal?.removeEventListener('abort', cancel)
      await endThread(thread)
    }
  }

  async function train(): Promise<Trained<Settings>> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        const lost = error instanceof LongtabError && error.code === 'device-lost'
        if (!lost || ++losses >= mostLosses) throw error
        onLost?.()
      }
    }
  }

  const finished = train()
  finished.catch(() => undefined) // whoever awaits it gets the error
  return {
    finished,
    async pause() {
      paused = true
      await current?.pause()
    },
    async resume() {
      paused = false
      await current?.resume()
    },
    async stop() {
      stopped = true
      await current?.stop()
    },
  }
}
