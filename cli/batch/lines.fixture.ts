// Lines of a pretended batch.
import type { AnsweredLine, FailedLine, Run } from './line.ts'

export const aRun: Run = { model: 'built-in', settings: { budget: 64, skim: false } }

export function answeredLine(document: string, number: number, answer = 'yes'): AnsweredLine {
  return {
    document,
    hash: `hash of ${document}`,
    number,
    question: `question ${number}?`,
    answer,
    finish: 'end',
    sources: [],
    doubtful: false,
    tokens: { document: 9, question: 3, answer: 1 },
    times: { read: 5, firstToken: 1, answer: 2 },
    ...aRun,
  }
}

export function failedLine(document: string): FailedLine {
  const error = { code: 'bad-input', message: 'the document is damaged' }
  return { document, hash: `hash of ${document}`, error, ...aRun }
}
