// What the engine prints at every debug level.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import type { DebugLevel } from '../api/model.ts'
import { load } from '../index.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const said: string[] = []
const { debug } = console
beforeEach(() => {
  console.debug = (line: string) => void said.push(line)
})
afterEach(() => {
  console.debug = debug
  said.length = 0
})

/** Loads, reads three chunks or more, and answers. */
async function work(debug: DebugLevel, gpu = sharedGpu): Promise<void> {
  const settings = { budget: 60, chunk: 40, policy: 'window' } as const
  const files = modelFiles(randomModel(smallShape, 4), 'F32')
  const model = await load(files, { gpu, debug, ...settings })
  const document = await model.read('The tide turned at dusk. '.repeat(8))
  await document.ask('What turned?', { maxTokens: 4 }).summary
  await model.close()
}

const line = (pattern: RegExp) => said.filter((text) => pattern.test(text))
const plan = /^longtab: planned [\d,]+ MB of weights, [\d,]+ MB of cache, [\d,]+ MB of scratch/
// a chunk without eviction ends with a submit that only copies what was noted of its numbers
const submit = /^longtab: submit \d+, (chunk \d+: \d+|answer: [1-9]\d*) dispatches$/
const time = /^longtab: (reading|answer): (attend_chunk \d+\.\d{3} ms|this GPU gives no times)$/

test('0 says nothing', async () => {
  await work(0)
  expect(said).toEqual([])
})

test('1 says what is planned and compiled', async () => {
  await work(1, navigator.gpu) // where nothing was compiled before
  expect(line(/^longtab: settings {"budget":60,"burst":0,"chunk":40,/)).toHaveLength(1)
  expect(line(plan)).toHaveLength(1)
  for (const kernel of ['attend_chunk', 'attend_token', 'compact']) {
    expect(line(new RegExp(`^longtab: compiled ${kernel} in \\d+ ms$`))).toHaveLength(1)
  }
  expect(line(/submit|answer/)).toEqual([])
})

test('2 says each submit, with its dispatches and its chunk', async () => {
  await work(2)
  expect(line(plan)).toHaveLength(1)
  const submits = line(/submit/)
  expect(submits.filter((text) => submit.test(text))).toEqual(submits)
  expect(submits.some((text) => text.includes('chunk 3:'))).toBe(true)
  const answering = submits.filter((text) => text.includes('answer:'))
  expect(answering.length).toBeGreaterThanOrEqual(4) // one a token, and the question's
  expect(line(time)).toEqual([])
})

test('3 says how long kernels took, apart for reading and answering', async () => {
  await work(3)
  expect(line(submit).length).toBeGreaterThan(0)
  const works = line(time).map((text) => text.split(' ')[1])
  expect(works).toEqual(['reading:', 'answer:'])
})
