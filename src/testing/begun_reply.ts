// An answer that is begun in the words of its reply, so that software writes the fact alone.
import type { SampleQuestion } from '../tasks/sample.ts'

/** The tokens that a fact of the sample log has at most. */
const factTokens = 8

export function begunReply({ reply, answer }: SampleQuestion) {
  return { prefix: reply.slice(0, reply.indexOf(` ${answer}`)), maxTokens: factTokens }
}
