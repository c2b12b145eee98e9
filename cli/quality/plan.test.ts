// Which passes are run and which are left out, without a browser.
import { expect, test } from 'vitest'
import type { SampleRecord } from '../../src/quality/record.ts'
import { parseQuality, policySpec, type QualityOptions } from './options.ts'
import { planPasses, type Pass } from './plan.ts'
import { chosenPolicies, comparedWith, notesOn, type PolicyToRun } from './policies.ts'
import { makePrompts, type Prompt } from './prompts.ts'
import { join } from 'node:path'
import { root } from '../build/paths.ts'

const model = join(root, 'public/models/default')

function optionsOf(...args: string[]): QualityOptions {
  const options = parseQuality(args, model)
  return options
}

const options = optionsOf(
  ...['--tasks', 'lines,prose', '--lengths', '512,400', '--budgets', '50%,64', '--samples', '1'],
  ...['--questions', '2', '--policies', 'random,streaming', '--answer-tokens', 'tight'],
)
const prompts = await makePrompts(options)
const none = { heads: false, compressor: false }
const toRun = (label: string, merged = 0, filesHash?: string): PolicyToRun => ({
  ...policySpec(label),
  merged,
  filesHash,
})
const asked = chosenPolicies(options, none).map(({ label }) => toRun(label))
const plan = (
  records: readonly SampleRecord[] = [],
  of = options,
  policies = asked,
  context = 2048,
) => planPasses(of, policies, prompts, records, 'hash', context)

/** Results with as many lines as each document has questions. */
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

test('a document beyond the context is read with fixed buffers only, and only to be asked about', () => {
  const tasks = plan([], options, asked, 450).map(({ label, documents }) => [
    label,
    documents.map(({ prompt }) => `${prompt.task} ${prompt.length}`).toSorted(),
  ])
  expect(tasks[0]).toEqual(['full', ['lines 400', 'prose 400']])
  expect(tasks[1]).toEqual(['random', ['lines 512']])
})

test('shards share the documents of every pass, each document on one of them under all policies', () => {
  const shard = (index: number) => plan([], { ...options, shard: { index, of: 3 } })
  const parts = [1, 2, 3].map(shard)
  const keysOf = (passes: readonly Pass[]) =>
    passes.flatMap(({ documents }) => documents.map(({ key }) => key))
  expect(parts.flatMap(keysOf).toSorted()).toEqual(keysOf(plan()).toSorted())
  const promptsOf = (passes: readonly Pass[]) => [
    ...new Set(passes.flatMap(({ documents }) => documents.map(({ prompt }) => prompt))),
  ]
  const dealt = parts.flatMap(promptsOf)
  expect(new Set(dealt).size).toBe(dealt.length)
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

test('every pass names its policy, full and those that nobody asked for by name among them', () => {
  const usual = chosenPolicies({ ...options, policies: undefined }, none)
  const passes = plan(
    [],
    options,
    usual.map((spec) => ({ ...spec, merged: 0, filesHash: undefined })),
  )
  expect(new Set(passes.map(({ label }) => label))).toContain('full')
  for (const { label, settings } of passes) expect(settings.policy).toMatchObject({ name: label })
})

test('other settings are other results', () => {
  const records = done(plan(), () => true)
  expect(plan(records, { ...options, chunk: 20 }).length).toBeGreaterThan(0)
})

test('without heads and compressor the policies that need them are left out, unless asked for', () => {
  const all = { ...options, policies: undefined }
  const names = (of: typeof all, heads: boolean, compressor: boolean) =>
    chosenPolicies(of, { heads, compressor }).map(({ label }) => label)
  expect(names(all, false, false)).not.toContain('locret')
  expect(names(all, true, false)).toContain('locret')
  expect(names(all, true, false).filter((name) => name === 'full')).toHaveLength(1)
  expect(names(all, true, false)).not.toContain('lococo')
  expect(names(all, false, true)).toContain('lococo')
  expect(names(all, false, true)).not.toContain('locret+lococo')
  expect(names(all, true, true)).toContain('locret+lococo')
  expect(names({ ...all, cache: 'int8' }, true, true)).not.toContain('lococo')
  const one = { ...options, policies: [policySpec('locret')] }
  expect(chosenPolicies(one, none).map(({ label }) => label)).toEqual(['full', 'locret'])
})

test('a policy that merges runs at budgets above its compressor’s slots, and holds no more than others', () => {
  const policies = [toRun('lococo', 64), toRun('lococo:keptShare=0.5', 64), toRun('lococo:burst=8')]
  const passes = plan([], options, policies)
  const budgets = (label: string) =>
    passes.filter((pass) => pass.label === label).map(({ budget }) => budget)
  expect(budgets('lococo')).toEqual([256, 200])
  expect(budgets('lococo:keptShare=0.5')).toEqual([256, 200, 64]) // the engine checks it later
  const bursts = (label: string) => passes.find((pass) => pass.label === label)!.settings.burst
  expect(bursts('lococo')).toBe(0)
  expect(bursts('lococo:burst=8')).toBe(8)
  expect(plan().every(({ settings }) => !('burst' in settings))).toBe(true)
})

test('a policy with other heads is another policy, and other contents of the file other results', () => {
  const heads = join(root, 'public/models/default/heads.safetensors')
  const own = `locret:heads=${heads}`
  const given = { ...options, heads: '/given' }
  const passes = (hash: string) => plan([], given, [toRun('locret'), toRun(own, 0, hash)])
  const [first, ...rest] = passes('a')
  expect(first!.files).toEqual({ heads: '/given' })
  expect(rest.at(-1)).toMatchObject({ label: own, files: { heads } })
  const keys = (hash: string) =>
    passes(hash).flatMap(({ documents }) => documents.map(({ key }) => key))
  const distinct = new Set([...keys('a'), ...keys('b')])
  expect(distinct.size).toBe((keys('a').length * 3) / 2) // those of the first policy are the same
})

test('notes say what is left out, and what may hold more', () => {
  const notes = notesOn(
    [toRun('lococo', 64), toRun('lococo:burst=8', 8), toRun('random')],
    [200, 64],
    512,
    2048,
  )
  expect(notes).toHaveLength(3)
  expect(notes[0]).toBe(
    'lococo is left out at 64 units kept: its compressor merges into 64 slots, and a budget must be above that.',
  )
  expect(notes[1]).toMatch(/^lococo merges as soon as the budget is passed/)
  expect(notes[2]).toMatch(/^lococo:burst=8 may hold up to 8 units more/)
})

test('the others are compared with the policy asked for, by default with locret where it runs', () => {
  const labels = ['full', 'locret', 'random']
  expect(comparedWith('random', labels)).toBe('random')
  expect(comparedWith(undefined, labels)).toBe('locret')
  expect(comparedWith(undefined, ['full', 'random'])).toBeUndefined()
  expect(() => comparedWith('tova', labels)).toThrow(/which are full, locret, random/)
  expect(() => comparedWith('full', labels)).toThrow(/every report has/)
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

test('the report says where full is left out', () => {
  expect(notesOn([toRun('full')], [64], 2048, 2048)).toEqual([])
  expect(notesOn([toRun('full')], [64], 2049, 2048).join()).toContain('longer than the 2048 tokens')
})

test('a tight limit leaves room to say the question again before the answer', async () => {
  const made = await makePrompts(
    optionsOf('--tasks', 'log', '--lengths', '400', '--samples', '1', '--answer-tokens', 'tight'),
  )
  const words = (text: string) => text.split(' ').length // no word is less than a token
  for (const { questions, exam } of made) {
    expect(questions.length).toBeGreaterThan(1)
    questions.forEach(({ question, answers }, at) => {
      expect(exam.questions[at]?.maxTokens).toBeGreaterThan(words(`${question} ${answers[0]}`))
    })
  }
})
