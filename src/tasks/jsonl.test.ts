import { expect, test } from 'vitest'
import { documentsOf } from './jsonl.ts'
import { exact, matchAll, matchAny, rougeL, wordF1 } from './metrics.ts'

test("a user's own lines: one question or several", () => {
  const [one, many] = documentsOf(
    [
      '{"context": "The door is red.", "question": "Which colour?", "answers": ["red", "crimson"]}',
      '',
      '{"context": "A B C", "questions": ["First?", "Last?"], "answers": ["A", ["C", "c"]], "metric": "exact"}',
    ].join('\n'),
  )
  expect(one!.questions).toMatchObject([
    { question: 'Which colour?', answers: ['red', 'crimson'], metric: matchAny },
  ])
  expect(many!.questions.map(({ answers }) => answers)).toEqual([['A'], ['C', 'c']])
  expect(many!.questions[0]!.metric).toBe(exact)
})

test("RULER's prompt is cut at its last question, and the answer's beginning is taken off", () => {
  const line = {
    index: 0,
    input:
      'A special magic number is hidden within the following text.\nOne of the special magic numbers for a-b is: 12.\nWhat is the special magic number for a-b mentioned in the provided text? The special magic number for a-b mentioned in the provided text is',
    outputs: ['12'],
  }
  const [{ context, questions } = { context: '', questions: [] }] = documentsOf(
    JSON.stringify(line),
  )
  expect(context.endsWith('a-b is: 12.')).toBe(true)
  expect(questions[0]).toMatchObject({
    question: 'What is the special magic number for a-b mentioned in the provided text?',
    lead: ' The special magic number for a-b mentioned in the provided text is',
    metric: matchAll,
  })
})

test("RULER's worked example stays in the document, and a given prefix is kept", () => {
  const line = {
    input:
      'Track.\nVAR A = 1\nQuestion: Find all 1. Answer: they are: A\n\nTrack.\nVAR B = 2\nQuestion: Find all 2.',
    answer_prefix: ' Answer: they are: ',
    outputs: ['B'],
  }
  const [{ context, questions } = { context: '', questions: [] }] = documentsOf(
    JSON.stringify(line),
  )
  expect(context.endsWith('VAR B = 2')).toBe(true)
  expect(questions[0]).toMatchObject({
    question: 'Question: Find all 2.',
    lead: ' Answer: they are: ',
  })
})

test('LongBench goes by its dataset, InfiniteBench by its answer', () => {
  const [report, qa, key] = documentsOf(
    [
      '{"context": "x", "input": "Sum up.", "answers": ["y"], "dataset": "gov_report"}',
      '{"context": "x", "input": "Who?", "answers": ["y"], "dataset": "hotpotqa"}',
      '{"context": "x", "input": "What is the pass key?", "answer": 71432, "id": 0}',
    ].join('\n'),
  )
  const metrics = [report, qa, key].map((document) => document!.questions[0]!.metric)
  expect(metrics).toEqual([rougeL, wordF1, matchAny])
  expect(key!.questions[0]!.answers).toEqual(['71432'])
})

test('a line that cannot be used is named', () => {
  expect(() =>
    documentsOf('{"context": "x", "question": "?", "answers": "y"}\n{"text": 1}'),
  ).toThrow(/^line 2: has neither/)
  expect(() => documentsOf('{"context": "x", "question": "?"}')).toThrow(/line 1: .*must be texts/)
})
