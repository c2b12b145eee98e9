// What the public objects owe whoever calls, beside a session that answers as a worker may.
import { expect, test } from 'vitest'
import type { Progress } from '../api/progress.ts'
import type { Session } from '../reading/protocol.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import { openModel } from './client.ts'

const progress = (phase: Progress['phase'], done: number): Progress => ({
  phase,
  done,
  perSecond: 1,
  gpuBytes: 0,
})

test('progress that arrives after the end of its operation is not told', async () => {
  const tellers: ((progress: Progress) => void)[] = []
  const session = {
    load: async (_: unknown, tell: (progress: Progress) => void) => {
      tell(progress('load', 1))
      tellers.push(tell)
      return {}
    },
    read: async (_: unknown, __: unknown, tell: (progress: Progress) => void) => {
      tell(progress('read', 1))
      tellers.push(tell)
      return { tokens: 1, pieces: {}, readMs: 1, gpuBytesOverRead: [] }
    },
    lost: () => new Promise(() => undefined),
  } as unknown as LocalOrRemote<Session>
  const told: string[] = []
  const onProgress = ({ phase, done }: Progress) => told.push(`${phase} ${done}`)
  const model = await openModel(session, 'owner/name', { onProgress }, () => undefined)
  tellers[0]?.(progress('load', 2))
  await model.read('text', { onProgress })
  tellers[1]?.(progress('read', 2))
  expect(told).toEqual(['load 1', 'read 1'])
})
