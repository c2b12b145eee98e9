// Invariants of every generator: prompts are no longer than requested and nearly as long, answers occur in the text, and
// the same seed gives the same text. Golden files fix the form; they were compared with the published templates.
import { describe, expect, test } from 'vitest'
import { fit, tokensOf } from './fit.ts'
import { madeUpProse, noise, proseOf } from './haystack.ts'
import { nameOf } from './metrics.ts'
import { randomOf } from './random.ts'
import type { TaskRequest } from './task.ts'
import { taskNames, tasks, type TaskName } from './tasks.ts'
import { ownWords, wordsOf } from './words.ts'

/** Like a tokenizer with single digits: words, digits and punctuation. */
const count = (text: string) => text.match(/[a-z]{1,5}|\d|[^\sa-z\d]/gi)?.length ?? 0

const request: TaskRequest = {
  length: 1000,
  count,
  seed: 'test/0',
  words: ownWords,
  haystack: madeUpProse,
  questions: 4,
  depth: 0.5,
}

/** Tasks whose answers are computed rather than quoted. */
const computed: readonly TaskName[] = ['math_find', 'count_invoices']

describe.each(taskNames)('%s', (name) => {
  test('fits the length asked for and fills it', () => {
    for (const length of [1000, 2300, 5000]) {
      const tokens = tokensOf(tasks[name]({ ...request, length }), count)
      expect(tokens).toBeLessThanOrEqual(length)
      expect(tokens).toBeGreaterThan(length - 200)
    }
  })

  test('its answers stand in its text', () => {
    for (const seed of ['a', 'b', 'c']) {
      const { context, questions, continuation } = tasks[name]({ ...request, seed })
      expect(questions.length > 0 || continuation !== undefined).toBe(true)
      for (const { answers, depth = 0 } of questions) {
        expect(answers.length).toBeGreaterThan(0)
        if (!computed.includes(name))
          for (const answer of answers) expect(context).toContain(answer)
        expect(depth).toBeGreaterThanOrEqual(0)
        expect(depth).toBeLessThanOrEqual(1)
      }
    }
  })

  test('depends on its seed alone', () => {
    expect(tasks[name](request)).toEqual(tasks[name]({ ...request }))
    const other = tasks[name]({ ...request, seed: 'test/1' })
    expect(other).not.toEqual(tasks[name](request))
  })

  test('has the published form', async () => {
    const length = {
      cwe: 800,
      vt: 700,
      kv: 500,
      kv_turns: 700,
      vt_turns: 700,
      niah_multikey_3: 700,
    }[name as string]
    const { context, questions, turns, continuation } = tasks[name]({
      ...request,
      length: length ?? 460,
      questions: 2,
    })
    const asked = questions.map(
      ({ question, lead, answers, metric, maxTokens }) =>
        `--- question\n${question}\n--- lead\n${lead}|\n--- ${nameOf(metric)} of at most ${maxTokens} tokens\n${answers.join('\n')}`,
    )
    const text = [`--- context`, context, ...asked, `--- ${turns ? 'conversation' : 'each alone'}`]
    if (continuation !== undefined) text.push(`--- continuation\n${continuation}`)
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot(`golden/${name}.txt`)
  })
})

test('questions about one document are about different keys', () => {
  for (const name of ['niah_multikey_2', 'kv', 'lines', 'niah_multikey_1'] as const) {
    const { questions } = tasks[name](request)
    expect(new Set(questions.map(({ question }) => question)).size).toBe(4)
  }
})

test('a conversation has two turns at least', () => {
  for (const name of ['kv_turns', 'vt_turns', 'prefix_suffix_turns'] as const) {
    const { questions, turns } = tasks[name]({ ...request, questions: 1 })
    expect({ turns, asked: questions.length }).toEqual({ turns: true, asked: 2 })
  }
})

test('the grid puts its needle where it is told', () => {
  for (const depth of [0, 0.5, 1]) {
    const { context, questions } = tasks.needle_grid({ ...request, length: 3000, depth })
    const at = context.indexOf(questions[0]!.answers[0]!) / context.length
    expect(Math.abs(at - depth)).toBeLessThan(0.1)
  }
})

test('math find answers by rank among different numbers', () => {
  const { context, questions } = tasks.math_find({ ...request, questions: 7 })
  const list = JSON.parse(context) as number[]
  const ranked = [...new Set(list)].sort((a, b) => a - b)
  const answerTo = (rank: string) =>
    Number(questions.find(({ question }) => question.includes(` the ${rank} number`))!.answers[0])
  expect(answerTo('largest')).toBe(Math.max(...list))
  expect(answerTo('second largest')).toBe(ranked.at(-2))
  expect(answerTo('third smallest')).toBe(ranked[2])
  const below = list.filter((value) => value < answerTo('median')).length
  expect(below).toBeLessThanOrEqual(list.length / 2)
})

test('the most common words are the most common', () => {
  const { context, questions } = tasks.cwe({ ...request, length: 3000 })
  const counts = new Map<string, number>()
  const list = context.slice(context.lastIndexOf('Below is'))
  for (const [, word = ''] of list.matchAll(/\d+\. (\S+)/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const top = [...counts].sort(([, a], [, b]) => b - a).slice(0, 10)
  expect(top.map(([word]) => word).sort()).toEqual([...questions[0]!.answers].sort())
})

test('a length with no room for the task is refused with the number that would do', () => {
  expect(() => tasks.vt({ ...request, length: 50 })).toThrow(/at least \d+ tokens .* not 50/)
})

test('fit finds the largest size, whatever it is', () => {
  for (const largest of [3, 4, 7, 8, 100]) {
    const { context } = fit(
      { ...request, length: largest, count: (text) => text.length },
      1,
      (n) => ({
        context: 'x'.repeat(n),
        questions: [],
      }),
    )
    expect(context).toHaveLength(largest)
  }
})

test('a text of the user is cut into its sentences, and a word list of theirs is used', () => {
  const words = wordsOf('odd\neven\n\nmoon\nsun\n')
  expect(words).toEqual({ adjectives: ['odd', 'even'], nouns: ['moon', 'sun'] })
  const source = proseOf('CHAPTER I\n\nIt\nrained.\nNobody came! Why?')(randomOf('x'), words)
  const sentences = new Set(Array.from({ length: 5 }, () => source.next().value))
  expect(sentences).toEqual(new Set(['CHAPTER I', 'It rained.', 'Nobody came!', 'Why?']))
  expect(() => proseOf(' \n ')).toThrow(/no sentence/)
  expect(noise.split(/(?<=\.) /)).toHaveLength(5)
})

test('keys never repeat, even when the words run out', () => {
  const tiny = { adjectives: ['odd'], nouns: ['moon'] }
  const { context } = tasks.lines({ ...request, words: tiny })
  const names = [...context.matchAll(/^line (\S+):/gm)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(10)
})
