// A training settles whatever becomes of the thread that it runs in.
import { expect, test } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import type { TrainingSession } from '../training/protocol.ts'
import { thisThread, type Thread } from './thread.ts'
import { openTraining } from './training_client.ts'

/** A thread whose session answers nothing. */
function silentThread(): Thread<TrainingSession> {
  const never = () => new Promise(() => undefined)
  const session = { train: never, pause: never, resume: never, stop: never, cancel: never }
  const silent = { ...session, close: never } as unknown as LocalOrRemote<TrainingSession>
  return thisThread<TrainingSession>(silent)
}

function trainIn(thread: Thread<TrainingSession>, signal?: AbortSignal) {
  const options = signal === undefined ? {} : { signal }
  const target = () => ({ kind: 'heads', overrides: {} }) as const
  return openTraining('owner/name', options, target, () => Promise.resolve(thread))
}

test('a training in a thread that never answers can be cancelled, and the thread is ended', async () => {
  let ended = 0
  const controller = new AbortController()
  const { finished } = trainIn({ ...silentThread(), end: () => (ended += 1) }, controller.signal)
  controller.abort()
  await expect(finished).rejects.toMatchObject({ code: 'aborted' })
  expect(ended).toBe(1)
})

test('a training is told that its thread has failed', async () => {
  const failed = Promise.resolve(new LongtabError('worker-failed', 'the worker is gone'))
  const { finished } = trainIn({ ...silentThread(), failed })
  await expect(finished).rejects.toMatchObject({ code: 'worker-failed' })
})
