// What is told of a question that is not answered.
import type { AnswerSummary } from '../api/answer.ts'

/** Where the document does not speak of what is asked. */
export const unanswered: AnswerSummary = {
  text: '',
  thinking: '',
  overflow: 0,
  questionTokens: 0,
  remembered: 0,
  ids: [],
  finish: 'absent',
  timeToFirstTokenMs: 0,
  decodeTokensPerSecond: 0,
  reread: [],
  sources: [],
  doubtful: false,
}
