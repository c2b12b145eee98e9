// A completion as OpenAI's objects say it.
import type { Completed } from './complete.ts'
import type {
  AnswerDelta,
  AnswerMessage,
  ChatCompletion,
  ChatCompletionChunk,
  FinishReason,
  Grounding,
  Logprobs,
  ToolCallObject,
  Usage,
} from './response.ts'
import type { ToolCall } from '../index.ts'
import { seconds } from './files.ts'
import { logprobsOf } from './logprobs.ts'

/** What all chunks of an answer have in common. */
export interface Heading {
  readonly id: string
  readonly created: number
  readonly model: string
}

export function headingFor(model: string): Heading {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: seconds(), model }
}

/** What the model says where the document does not speak of what is asked. */
export const absent = 'The document does not speak of what is asked.'

export function completionOf(heading: Heading, completed: Completed): ChatCompletion {
  const { summary } = completed
  const { text, thinking, finish } = summary
  const isAbsent = finish === 'absent'
  const calls = (summary.calls ?? []).map(callObject)
  const hasNone = isAbsent || (text === '' && calls.length > 0)
  const message: AnswerMessage = {
    role: 'assistant',
    content: hasNone ? null : text,
    refusal: isAbsent ? absent : null,
    ...(thinking !== '' && { reasoning_content: thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  const finish_reason = finishReason(completed)
  const logprobs = summary.logProbs ? logprobsOf(summary.logProbs) : null
  return {
    ...heading,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason, logprobs }],
    usage: usageOf(completed),
    longtab: groundingOf(completed),
  }
}

/**
 * @param withUsage whether the usage was asked for: other chunks than its own then have `null`
 * @param logprobs of the tokens that are new; undefined where they are not asked for
 */
export function partOf(
  heading: Heading,
  delta: AnswerDelta,
  withUsage: boolean,
  logprobs?: Logprobs,
): ChatCompletionChunk {
  return {
    ...heading,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null, ...(logprobs && { logprobs }) }],
    ...(withUsage && { usage: null }),
  }
}

/** A call under an id of its own. */
export function callObject({ name, arguments: given }: ToolCall): ToolCallObject {
  const id = `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
  return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } }
}

/** What ends a stream: why, the grounds, and the usage if it was asked for. */
export function lastPartsOf(
  heading: Heading,
  completed: Completed,
  withUsage: boolean,
): ChatCompletionChunk[] {
  const { summary, untold } = completed
  const isAbsent = summary.finish === 'absent'
  const logprobs = summary.logProbs && logprobsOf(untold)
  const last = partOf(heading, isAbsent ? { refusal: absent } : {}, withUsage, logprobs)
  const ending: ChatCompletionChunk = {
    ...last,
    choices: last.choices.map((choice) => ({ ...choice, finish_reason: finishReason(completed) })),
    longtab: groundingOf(completed),
  }
  return withUsage ? [ending, { ...last, choices: [], usage: usageOf(completed) }] : [ending]
}

function finishReason({ summary: { finish, calls = [] } }: Completed): FinishReason {
  if (finish === 'length') return 'length'
  return calls.length > 0 ? 'tool_calls' : 'stop'
}

function usageOf({ document, wasRead, summary }: Completed): Usage {
  const { tokens } = document
  const prompt_tokens = tokens + summary.questionTokens
  const completion_tokens = summary.ids.length
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: wasRead ? tokens : 0 },
  }
}

function groundingOf({ document, summary, placed }: Completed): Grounding {
  const { finish, doubtful, odds, overflow, remembered, sources, reread } = summary
  return {
    ...{ finish, doubtful, overflow, remembered, notes: document.notes },
    ...(odds !== undefined && { odds }),
    sources: sources.map(placed),
    reread: reread.map(placed),
  }
}
