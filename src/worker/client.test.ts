// What the public objects owe whoever calls, beside a session that answers as a worker may.
import { expect, test, vi } from 'vitest'
import type { Progress } from '../api/progress.ts'
import type { SurveyPart } from '../api/survey.ts'
import { LongtabError } from '../api/errors.ts'
import type { Pull, Session } from '../reading/protocol.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import { openDocument } from '../documents/open_document.ts'
import { openModel } from './client.ts'
import type { OpenDocument } from './open_file.ts'
import { thisThread } from './thread.ts'

const progress = (phase: Progress['phase'], done: number): Progress => ({
  phase,
  done,
  perSecond: 1,
  gpuBytes: 0,
})

/** No test here but the last ones parses a file. */
const noParser: OpenDocument = () => Promise.reject(new Error('nothing to parse'))

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
  const model = await openModel(thisThread(session), noParser, 'owner/name', { onProgress })
  tellers[0]?.(progress('load', 2))
  await model.read('text', { onProgress })
  tellers[1]?.(progress('read', 2))
  expect(told).toEqual(['load 1', 'read 1'])
})

/** A session that answers nothing but what is given. */
function sessionOf(calls: Partial<Record<keyof Session, unknown>>): LocalOrRemote<Session> {
  const never = () => new Promise(() => undefined)
  const all = { load: never, read: never, answer: never, likelihood: never, retained: never }
  const more = {
    countTokens: never,
    memory: never,
    cancel: () => undefined,
    close: () => undefined,
  }
  const session = { ...all, ...more, lost: never, ...calls }
  return session as unknown as LocalOrRemote<Session>
}

const read = async () => ({ tokens: 1, pieces: {}, readMs: 1, gpuBytesOverRead: [], notes: [] })

test('a load that nothing answers can be cancelled, and ends the thread', async () => {
  let ended = 0
  const thread = { ...thisThread(sessionOf({})), end: () => (ended += 1) }
  const controller = new AbortController()
  const loading = openModel(thread, noParser, 'owner/name', { signal: controller.signal })
  controller.abort()
  await expect(loading).rejects.toMatchObject({ code: 'aborted' })
  await vi.waitFor(() => expect(ended).toBe(1))
})

test('a thread that fails rejects what is under way and what comes, and is told as lost', async () => {
  let fail: (error: LongtabError) => void = () => undefined
  const failed = new Promise<LongtabError>((resolve) => (fail = resolve))
  const session = sessionOf({ load: async () => ({}), read })
  const model = await openModel({ ...thisThread(session), failed }, noParser, 'owner/name', {})
  const document = await model.read('text')
  const answer = document.ask('What?')
  fail(new LongtabError('worker-failed', 'the worker is gone'))
  await expect(answer.summary).rejects.toMatchObject({ code: 'worker-failed' })
  await expect(model.memory()).rejects.toMatchObject({ code: 'worker-failed' })
  expect(await model.lost).toMatchObject({ code: 'worker-failed' })
})

test('closing rejects what is under way and every later call, though the session never answers', async () => {
  const never = () => new Promise<void>(() => undefined)
  const session = sessionOf({ load: async () => ({}), read, close: never })
  const model = await openModel(thisThread(session), noParser, 'owner/name', {})
  const document = await model.read('text')
  const calls = [document.ask('What?').summary, document.likelihood('text'), model.memory()]
  const closing = model.close()
  const late = [
    () => model.countTokens('text'),
    () => document.retained(),
    () => model.read('more'),
  ]
  const all = [...calls, ...late.map((start) => start())]
  for (const { status, reason } of (await Promise.allSettled(all)) as PromiseRejectedResult[]) {
    expect({ status, code: (reason as LongtabError).code }).toEqual({
      status: 'rejected',
      code: 'closed',
    })
  }
  await closing
  await model.close() // once more is no error
})

test('a model is closed where the block that uses it is left', async () => {
  let closed = 0
  const close = async () => {
    closed++
  }
  const session = sessionOf({ load: async () => ({}), countTokens: async () => 3, close })
  {
    await using model = await openModel(thisThread(session), noParser, 'owner/name', {})
    expect(await model.countTokens('a b c')).toBe(3)
    expect(closed).toBe(0)
  }
  expect(closed).toBe(1)
})

test('a stream that gives nothing more can be cancelled, and is told so', async () => {
  const session = sessionOf({
    load: async () => ({}),
    read: (_: unknown, source: Pull) => source(),
  })
  const model = await openModel(thisThread(session), noParser, 'owner/name', {})
  let cancelled = false
  const silent = new ReadableStream<string>({
    cancel: () => {
      cancelled = true
    },
  })
  const controller = new AbortController()
  const reading = model.read(silent, { signal: controller.signal })
  controller.abort()
  await expect(reading).rejects.toMatchObject({ code: 'aborted' })
  expect(cancelled).toBe(true)
})

test('a stream that fails says so with a code', async () => {
  const session = sessionOf({
    load: async () => ({}),
    read: (_: unknown, source: Pull) => source(),
  })
  const model = await openModel(thisThread(session), noParser, 'owner/name', {})
  const broken = new ReadableStream<string>({
    pull: () => Promise.reject(new Error('the disk was removed')),
  })
  await expect(model.read(broken)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/stream failed: the disk was removed/) as string,
  })
})

test('a file of another format is parsed, and its passages are told by their place', async () => {
  const given: unknown[] = []
  const passage = { firstChar: 5, length: 8, firstToken: 0, tokens: 1, text: '\n\n# Two\n' }
  const session = sessionOf({
    load: async () => ({}),
    read: async (request: { readonly encoding: unknown }, source: Pull) => {
      for (let next = await source(); next !== undefined; next = await source())
        given.push(next.part)
      given.push(request.encoding)
      return { tokens: 1, pieces: {}, readMs: 1, gpuBytesOverRead: [], notes: ['White space.'] }
    },
    answer: async () => ({ text: '', reread: [], sources: [passage] }),
  })
  const model = await openModel(thisThread(session), openDocument, 'owner/name', {})
  const file = new File(['# One\n\n# Two\n\n# Three\n'], 'a.md')
  const document = await model.read(file)
  expect(given).toEqual([await file.text(), 'utf-8'])
  expect(document).toMatchObject({ format: 'markdown', notes: ['White space.'] })
  const { sources } = await document.ask('?').summary
  expect(sources).toEqual([{ ...passage, place: { kind: 'heading', value: 'Two' } }])
  // as plain text the same file goes to the engine as it is
  given.length = 0
  const plain = new Promise<unknown>((resolve) => {
    Object.assign(session, { read: (_: unknown, source: unknown) => (resolve(source), read()) })
  })
  expect(await model.read(file, { format: 'text' })).toMatchObject({ format: 'text' })
  expect(await plain).toBe(file)
})

test('readings begin in the order in which they were asked for, though a file takes its time', async () => {
  const begun: unknown[] = []
  const session = sessionOf({
    load: async () => ({}),
    read: (_: unknown, source: unknown) => {
      begun.push(source instanceof Blob ? 'text' : 'file')
      return read()
    },
  })
  const late: OpenDocument = async (blob, options) => {
    await new Promise((done) => setTimeout(done, 20))
    return openDocument(blob, options)
  }
  const model = await openModel(thisThread(session), late, 'owner/name', {})
  const first = model.read(new File(['# One'], 'a.md'))
  const second = model.read('text')
  await Promise.all([first, second])
  expect(begun).toEqual(['file', 'text'])
})

test('a survey tells each part once and in order, also parts that the summary overtook', async () => {
  const part = (index: number): SurveyPart => ({
    index,
    pieces: 3,
    passage: { firstChar: 10 * index, length: 10, firstToken: index, tokens: 1, text: 'x' },
    answer: `part ${index}`,
    unfounded: 0,
    doubtful: false,
    cut: false,
  })
  const parts = [part(0), part(1), part(2)]
  let late: (part: SurveyPart) => void = () => undefined
  const survey: Session['survey'] = async (_, tell, onText) => {
    tell(part(0))
    onText('joi')
    late = tell
    return { text: 'joined', parts, finish: 'end' }
  }
  const session = sessionOf({ load: async () => ({}), read, survey })
  const model = await openModel(thisThread(session), noParser, 'owner/name', {})
  const document = await model.read('text')
  const told: string[] = []
  const started = document.survey('What?', { onPart: ({ answer }) => told.push(answer) })
  const heard: string[] = []
  for await (const piece of started) heard.push(piece)
  late(part(1))
  expect(told).toEqual(['part 0', 'part 1', 'part 2'])
  expect(heard).toEqual(['joi', 'ned'])
  expect((await started.summary).parts).toHaveLength(3)
})
