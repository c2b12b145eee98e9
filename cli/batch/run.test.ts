// A batch with a pretended model, killed in its middle and started again.
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LongtabError } from '../../src/api/errors.ts'
import { documentsOf, hashesOf } from './documents.ts'
import { hasFailed, type Line, type Run } from './line.ts'
import { aRun, answeredLine } from './lines.fixture.ts'
import { openOutput } from './output.ts'
import { answerWork, workOf, type Read } from './run.ts'

const questions = [1, 2].map((number) => ({ number, question: `question ${number}?` }))
const { tokens, times } = answeredLine('', 1)

let folder: string
let out: string
let asked: string[]
let reads: string[]
/** thrown at this call, then no more */
let fault: { at: string; error: Error } | undefined

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), 'longtab-batch-'))
  folder = join(root, 'documents')
  out = join(root, 'out.jsonl')
  await mkdir(join(folder, 'more'), { recursive: true })
  for (const name of ['10.txt', '2.txt', 'more/1.txt', '.hidden'])
    await writeFile(join(folder, name), `text of ${name}`)
  ;[asked, reads, fault] = [[], [], undefined]
})

afterEach(() => rm(join(folder, '..'), { recursive: true }))

function failAt(at: string): Promise<void> {
  if (fault?.at !== at) return Promise.resolve()
  const { error } = fault
  fault = undefined
  return Promise.reject(error)
}

const read: Read = async (path) => {
  const name = basename(path)
  reads.push(name)
  await failAt(name)
  return async ({ question }) => {
    const call = `${name}: ${question}`
    asked.push(call)
    await failAt(call)
    return { answer: call, finish: 'end', sources: [], doubtful: false, tokens, times }
  }
}

async function run(settings: Run = aRun): Promise<number> {
  const documents = await documentsOf(folder)
  const hashes = await hashesOf(folder, documents)
  const output = await openOutput(out, settings, hashes)
  const batch = { folder, documents, questions, run: settings }
  try {
    const work = workOf(batch, hashes, output.kept)
    return await answerWork(
      batch,
      work,
      read,
      (line) => output.add(line),
      () => undefined,
    )
  } finally {
    await output.close()
  }
}

const written = async () =>
  (await readFile(out, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

test('each document is read once, in the order of names, hidden ones not', async () => {
  expect(await run()).toBe(0)
  expect(reads).toEqual(['2.txt', '10.txt', '1.txt'])
  const lines = await written()
  expect(lines.map(({ document, number }) => `${document} ${number}`)).toEqual(
    ['2.txt', '10.txt', 'more/1.txt'].flatMap((name) => [`${name} 1`, `${name} 2`]),
  )
  expect(lines[0]).toMatchObject({ answer: '2.txt: question 1?', tokens, times, ...aRun })
})

test('a run that was killed inside a line ends as if it had not been', async () => {
  await run()
  const whole = await readFile(out, 'utf8')
  const line = whole.split('\n')[3] ?? ''
  await rm(out)
  fault = { at: '10.txt: question 2?', error: new Error('killed') }
  await expect(run()).rejects.toThrow('killed')
  await appendFile(out, line.slice(0, 40))
  ;[asked, reads] = [[], []]
  expect(await run()).toBe(0)
  expect(await readFile(out, 'utf8')).toBe(whole)
  expect(reads).toEqual(['10.txt', '1.txt'])
  expect(asked[0]).toBe('10.txt: question 2?')
  expect(asked).toHaveLength(3)
  reads = []
  await run()
  expect(reads).toEqual([])
})

test('a failure is a line, the run goes on, and the next run tries again', async () => {
  fault = { at: '2.txt', error: new LongtabError('bad-input', 'the document is damaged') }
  expect(await run()).toBe(1)
  const [first, ...others] = await written()
  expect(first).toMatchObject({
    document: '2.txt',
    error: { code: 'bad-input', message: 'the document is damaged' },
  })
  expect(others).toHaveLength(4)
  fault = { at: '2.txt: question 1?', error: new LongtabError('bad-numbers', 'a NaN came up') }
  expect(await run()).toBe(1)
  expect((await written()).find(hasFailed)).toMatchObject({ question: 'question 1?', number: 1 })
  asked = []
  expect(await run()).toBe(0)
  expect(asked).toEqual(['2.txt: question 1?'])
  expect((await written()).filter(hasFailed)).toEqual([])
})

test('a file that cannot be opened is a failure of its own', async () => {
  await symlink(join(folder, 'nowhere'), join(folder, '3.txt'))
  expect(await run()).toBe(1)
  const failed = (await written()).find(hasFailed)
  expect(failed).toMatchObject({ document: '3.txt', error: { code: 'bad-input' } })
  expect(failed?.error.message).toContain('the file 3.txt cannot be opened')
})

test('a lost GPU ends the run', async () => {
  fault = { at: '10.txt', error: new LongtabError('device-lost', 'the GPU went away') }
  await expect(run()).rejects.toThrow('the GPU went away')
  expect(await written()).toHaveLength(2)
})

test('a document that has changed is asked again, and its old answers go', async () => {
  await run()
  await writeFile(join(folder, '10.txt'), 'another text')
  ;[asked, reads] = [[], []]
  await run()
  expect(reads).toEqual(['10.txt'])
  expect(await written()).toHaveLength(6)
})

test('a file of another run is refused and left as it was', async () => {
  await run()
  const before = await readFile(out, 'utf8')
  await expect(run({ ...aRun, model: 'large' })).rejects.toThrow(
    'holds answers of model built-in, not large; name another file',
  )
  await expect(run({ ...aRun, settings: { budget: 64, skim: true } })).rejects.toThrow(
    'holds answers with skim false, not true; name another file',
  )
  expect(await readFile(out, 'utf8')).toBe(before)
})

test('a file that is none of a batch is refused and left as it was', async () => {
  await writeFile(out, 'notes\nof mine')
  await expect(run()).rejects.toThrow(`--out ${out}, line 1, is none of a batch`)
  expect(await readFile(out, 'utf8')).toBe('notes\nof mine')
  await writeFile(out, 'notes')
  await expect(run()).rejects.toThrow(`--out ${out} does not end as a batch's file does`)
  expect(await readFile(out, 'utf8')).toBe('notes')
})
