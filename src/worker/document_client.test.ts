// A document whose parser runs elsewhere, and may hang, die or be ended there.
import { expect, test, vi } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import type { OpenOptions } from '../documents/open_format.ts'
import { zipped } from '../documents/documents.fixture.ts'
import { openDocumentSession, type DocumentSession } from '../documents/session.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import { openInThread, parserFault, unpackInThread } from './document_client.ts'
import type { Thread } from './thread.ts'

const options: OpenOptions = {
  format: undefined,
  encoding: undefined,
  password: undefined,
  html: 'article',
}
const file = new File([Array.from({ length: 9000 }, (_, i) => `# ${i}\n`).join('')], 'a.md')

/** A thread that fails when told to, and counts how often it is ended. */
function threadOf(calls: Partial<DocumentSession> = {}) {
  const state = { ended: 0, fail: (_: LongtabError): void => undefined }
  const failed = new Promise<LongtabError>((resolve) => (state.fail = resolve))
  const session = { ...openDocumentSession(), ...calls } as LocalOrRemote<DocumentSession>
  const thread: Thread<DocumentSession> = { session, failed, end: () => void (state.ended += 1) }
  return { thread, state }
}

const never = () => new Promise<never>(() => undefined)

test('is taken part by part with its places, and its thread ends with it', async () => {
  const { thread, state } = threadOf()
  const opened = await openInThread(thread, file, options)
  let [text, parts] = ['', 0]
  for await (const part of opened.text) {
    text += part
    parts += 1
    expect(state.ended).toBe(0)
  }
  expect(text).toBe(await file.text())
  expect(parts).toBeGreaterThan(1)
  const { firstChar, place } = opened.places()
  expect(place[8765]).toEqual({ kind: 'heading', value: '8765' })
  expect(text.slice(firstChar[8765])).toMatch(/^# 8765\n/)
  expect(opened).toMatchObject({ format: 'markdown' })
  expect(opened.share()).toBe(1)
  expect(state.ended).toBe(1)
})

test('whose parser hangs ends in a sentence, at the opening and later', async () => {
  for (const calls of [{ open: never }, { next: never }]) {
    const { thread, state } = threadOf(calls)
    const taking = async () => {
      const opened = await openInThread(thread, file, options, undefined, 30)
      for await (const _ of opened.text);
    }
    await expect(taking()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/parser has given nothing for 0\.03 seconds/) as string,
    })
    expect(state.ended).toBe(1)
  }
})

test('whose thread dies ends in a sentence, and the next document is read', async () => {
  const { thread, state } = threadOf({ next: never })
  const opened = await openInThread(thread, file, options)
  const taking = opened.text[Symbol.asyncIterator]().next()
  state.fail(parserFault('the worker ended by itself'))
  await expect(taking).rejects.toMatchObject({
    code: 'bad-input',
    message:
      'the document cannot be read: the worker ended by itself; save it in another format, or as text',
  })
  const next = await openInThread(threadOf().thread, file, options)
  for await (const part of next.text) expect(part).not.toBe('')
})

test('that is given up or cancelled frees its thread', async () => {
  const first = threadOf()
  const opened = await openInThread(first.thread, file, options)
  opened.close()
  await vi.waitFor(() => expect(first.state.ended).toBe(1))

  const second = threadOf({ open: never })
  const controller = new AbortController()
  const opening = openInThread(second.thread, file, options, controller.signal)
  controller.abort()
  await expect(opening).rejects.toMatchObject({ code: 'aborted' })
  expect(second.state.ended).toBe(1)
})

test('that cannot be read says why, and frees its thread', async () => {
  const { thread, state } = threadOf()
  await expect(openInThread(thread, new Blob([]), options)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/is empty/) as string,
  })
  expect(state.ended).toBe(1)
})

test('that is a folder is unpacked, and its thread ends, also where that fails', async () => {
  const { thread, state } = threadOf()
  const { files = [] } =
    (await unpackInThread(thread, zipped({ 'b.txt': 'B', 'a.txt': 'A' }))) ?? {}
  expect(files.map(({ path }) => path)).toEqual(['a.txt', 'b.txt'])
  expect(state.ended).toBe(1)
  const cut = threadOf()
  const half = zipped({ 'a.txt': 'A' }).slice(0, 40)
  await expect(unpackInThread(cut.thread, half)).rejects.toMatchObject({ code: 'bad-input' })
  expect(cut.state.ended).toBe(1)
})
