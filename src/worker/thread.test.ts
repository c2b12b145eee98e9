import { expect, it } from 'vitest'
import { workerThread } from './thread.ts'

const script = 'https://site.example/longtab.js'

/** A worker that says what a test has it say. */
class SilentWorker extends EventTarget {
  postMessage(): void {
    // it never answers
  }
  terminate(): void {
    // nothing runs
  }
}

function silent(): { worker: SilentWorker; failed: Promise<{ code: string; message: string }> } {
  const worker = new SilentWorker()
  const { failed } = workerThread(() => worker as unknown as Worker, script)
  return { worker, failed }
}

it('fails where a worker may not be made, and names the script', () => {
  const start = () => {
    throw new Error('the policy forbids it')
  }
  expect(() => workerThread(start, script)).toThrow(
    /worker beside https:\/\/site\.example\/longtab\.js .*the policy forbids it.*serve/,
  )
})

it('fails where the script is not fetched, or is none', async () => {
  const { worker, failed } = silent()
  worker.dispatchEvent(new Event('error'))
  const error = await failed
  expect(error.code).toBe('worker-failed')
  expect(error.message).toMatch(/longtab\.js could not be started: its script was not found/)
})

it('fails where the script throws, and names its place', async () => {
  const { worker, failed } = silent()
  const thrown = Object.assign(new Event('error'), {
    message: 'x is not defined',
    filename: 'https://site.example/worker.js',
  })
  worker.dispatchEvent(thrown)
  expect((await failed).message).toMatch(/worker\.js failed: x is not defined/)
})
