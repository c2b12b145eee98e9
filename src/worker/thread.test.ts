import { afterEach, expect, it, vi } from 'vitest'
import { workerThread } from './thread.ts'

const script = 'https://site.example/longtab.js'

/** A worker that says what a test has it say, and notes what it is told. */
class PretendedWorker extends EventTarget {
  readonly told: unknown[] = []
  ended = false
  postMessage(message: unknown): void {
    this.told.push(message)
  }
  terminate(): void {
    this.ended = true
  }
  begin(): void {
    this.dispatchEvent(new MessageEvent('message', { data: { alive: undefined } }))
  }
  notFetched(): void {
    this.dispatchEvent(new Event('error'))
  }
  throwing(): void {
    const at = { message: 'x is not defined', filename: 'https://site.example/worker.js' }
    this.dispatchEvent(Object.assign(new Event('error'), at))
  }
}

interface Answering {
  answer(): Promise<number>
}

function threadOf(start: () => PretendedWorker) {
  return workerThread<Answering>(start as unknown as () => Worker, 'longtab reading', script)
}

/** What the module constructs where no worker lies beside it. */
function ofTheModule(worker: PretendedWorker) {
  const constructed = vi.fn<(address: string, options: WorkerOptions) => PretendedWorker>(
    function () {
      return worker
    },
  )
  vi.stubGlobal('Worker', constructed)
  return constructed
}

afterEach(() => vi.unstubAllGlobals())

const soon = () => new Promise((done) => setTimeout(done, 50))

it('keeps what is said until the worker has begun', async () => {
  const worker = new PretendedWorker()
  const { session } = threadOf(() => worker)
  void session.answer()
  await soon()
  expect(worker.told).toEqual([])
  worker.begin()
  await soon()
  expect(worker.told).toHaveLength(1)
})

it('runs a part of the module where no worker lies beside it', async () => {
  const [beside, part] = [new PretendedWorker(), new PretendedWorker()]
  const constructed = ofTheModule(part)
  const { session } = threadOf(() => beside)
  void session.answer()
  beside.notFetched()
  await vi.waitFor(() => expect(constructed).toHaveBeenCalled())
  const [address, options] = constructed.mock.lastCall!
  expect(address).toMatch(/thread_script/)
  expect(options).toEqual({ type: 'module', name: 'longtab reading' })
  part.begin()
  await soon()
  expect([beside.told.length, part.told.length]).toEqual([0, 1])
})

it('ends a worker that has not begun', () => {
  const worker = new PretendedWorker()
  threadOf(() => worker).end()
  expect(worker.ended).toBe(true)
})

it('fails where a worker may not be made, and names the script', async () => {
  const { failed } = threadOf(() => {
    throw new Error('the policy forbids it')
  })
  expect((await failed).message).toMatch(
    /worker beside https:\/\/site\.example\/longtab\.js .*the policy forbids it.*serve/,
  )
})

it('fails where the script is not fetched, or is none, and is no part of the module', async () => {
  const [beside, part] = [new PretendedWorker(), new PretendedWorker()]
  const constructed = ofTheModule(part)
  const { failed } = threadOf(() => beside)
  beside.notFetched()
  await vi.waitFor(() => expect(constructed).toHaveBeenCalled())
  part.notFetched()
  const error = await failed
  expect(error.code).toBe('worker-failed')
  expect(error.message).toMatch(/longtab\.js could not be started: its script was not found/)
})

it('fails where the script throws, and names its place', async () => {
  const worker = new PretendedWorker()
  const { failed } = threadOf(() => worker)
  worker.throwing()
  expect((await failed).message).toMatch(/worker\.js failed: x is not defined/)
})

it('fails where the script throws after it has begun', async () => {
  const worker = new PretendedWorker()
  const { failed } = threadOf(() => worker)
  worker.begin()
  await soon()
  worker.throwing()
  expect((await failed).message).toMatch(/worker\.js failed: x is not defined/)
})
