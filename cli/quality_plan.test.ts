// What is run and what is left out, without a browser.
import { expect, test } from 'vitest'
import type { SampleRecord } from '../src/quality/record.ts'
import { parseQuality, policySpec, type QualityOptions } from './quality_options.ts'
import { planPasses, policiesToRun, type Pass } from './quality_plan.ts'
import { makePrompts, type Prompt } from './quality_prompts.ts'
import { join } from 'node:path'
import { root } from './fresh.ts'

const model = join(root, 'public/models/default')

function optionsOf(...args: string[]): QualityOptions {
  const options = parseQuality(args, model)
  if (options === 'help') throw new Error('expected options')
  return options
}

const options = optionsOf(
  ...['--tasks', 'lines,prose', '--lengths', '512,400', '--budgets', '50%,64', '--samples', '1'],
  ...['--questions', '2', '--policies', 'random,streaming', '--answer-tokens', 'tight'],
)
const prompts = await makePrompts(options)
const plan = (records: readonly SampleRecord[] = [], of = options, asked = prompts) =>
  planPasses(of, policiesToRun(of, false), asked, records, 'hash')

/** As many lines as each document has questions. */
function done(passes: readonly Pass[], isDone: (pass: Pass, prompt: Prompt) => boolean) {
  return passes.flatMap((pass) =>
    pass.documents
      .filter(({ prompt }) => isDone(pass, prompt))
      .flatMap(({ key, prompt }) =>
        Array.from(
          { length: Math.max(1, prompt.questions.length) },
          () => ({ key }) as SampleRecord,
        ),
      ),
  )
}

test('full runs first, shares go with their own length, units with all', () => {
  const passes = plan()
  expect(passes.map(({ label, budget }) => [label, budget])).toEqual([
    ['full', Infinity],
    ...['random', 'streaming'].flatMap((name) => [256, 200, 64].map((budget) => [name, budget])),
  ])
  const lengths = passes.map(({ documents }) => documents.map(({ prompt }) => prompt.length))
  expect(lengths[0]).toEqual([400, 400, 512, 512])
  expect(lengths[1]).toEqual([512, 512])
  expect(lengths[2]).toEqual([400, 400])
  expect(lengths[3]).toEqual([400, 400, 512, 512])
})

test('what is done is not run again, but for the texts others are compared on', () => {
  const passes = plan()
  const allButOne = done(
    passes,
    ({ label, budget }, { task, length }) =>
      !(label === 'random' && budget === 64 && task === 'prose' && length === 400),
  )
  const left = plan(allButOne)
  expect(left.map(({ label, documents }) => [label, documents.length])).toEqual([
    ['full', 1],
    ['random', 1],
  ])
  expect(left[0]!.documents[0]!.isReference).toBe(true)
  expect(plan(done(passes, () => true))).toEqual([])
})

test('other settings are other results', () => {
  const records = done(plan(), () => true)
  expect(plan(records, { ...options, chunk: 20 }).length).toBeGreaterThan(0)
})

test('without heads a policy that needs them is left out, unless asked for', () => {
  const all = { ...options, policies: undefined }
  const names = (hasHeads: boolean) => policiesToRun(all, hasHeads).map(({ label }) => label)
  expect(names(false)).not.toContain('locret')
  expect(names(true)).toContain('locret')
  expect(names(true).filter((name) => name === 'full')).toHaveLength(1)
  const asked = { ...options, policies: [policySpec('locret')] }
  expect(policiesToRun(asked, false).map(({ label }) => label)).toEqual(['full', 'locret'])
})

test('prompts leave room for question and answer, and keep within the length', () => {
  for (const { exam, tail, length, questions } of prompts) {
    expect(tail).toBeGreaterThan(32)
    expect(tail).toBeLessThan(length)
    expect(exam.questions).toHaveLength(questions.length)
    for (const { lead } of exam.questions) expect(lead).toBe(lead.trim())
  }
})

test('with the question first, a document for each question', async () => {
  const both = await makePrompts({ ...options, questionFirst: true, lengths: [400] })
  const first = both.filter(({ task }) => task === 'lines (question first)')
  expect(first).toHaveLength(2)
  for (const { exam } of first) {
    expect(exam.context.startsWith(exam.questions[0]!.question)).toBe(true)
  }
})
