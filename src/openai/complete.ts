// A completion: the conversation's document is read, unless it is the one read last, and the question is asked of it.
import {
  LongtabError,
  type AnswerSummary,
  type ChosenToken,
  type Model,
  type ToolCall,
} from '../index.ts'
import { aboutDocument } from './about.ts'
import type { Conversation } from './conversation.ts'
import type { Parameters } from './parameters.ts'
import type { CallOptions } from './request.ts'
import type { Documents, Opened, Reading } from './read_documents.ts'
import { RequestError } from './request_error.ts'

/** What is told while an answer comes. */
export interface Heard extends Pick<CallOptions, 'onProgress'> {
  /** @param tokens those that are new, where they are asked for */
  readonly onText: (text: string, tokens: readonly ChosenToken[]) => void
  readonly onThinking: (text: string) => void
  /** told of calls when the answer has ended */
  readonly onCall: (call: ToolCall) => void
}

/** An answer, and what it was given from. */
export interface Completed extends Opened {
  readonly summary: AnswerSummary
  /** tokens that no text was told with: those of its end */
  readonly untold: readonly ChosenToken[]
}

/** What completions work with. */
export interface Desk {
  readonly model: Model
  readonly documents: Documents
  readonly reading: Reading
}

/** Throws LongtabError as `Model.read` and `LongDocument.ask` do, and `aborted` where the signal ends it on its way. */
export async function complete(
  { model, documents, reading }: Desk,
  conversation: Conversation,
  { options }: Parameters,
  { onProgress, onText, onThinking, onCall }: Heard,
  signal: AbortSignal,
): Promise<Completed> {
  if (options.tools !== undefined && !model.canCallTools) throw callsNone()
  const about = await aboutDocument(conversation, model)
  const { hasDocument, instructions, history, question, exchanges } = about
  const how = hasDocument ? reading : { format: 'text' as const }
  const call = onProgress === undefined ? { signal } : { signal, onProgress }
  const opened = await documents.open(about.documents, how, call)
  const evenIfAbsent = options.evenIfAbsent ?? (!hasDocument || options.tools !== undefined)
  const waiting: ChosenToken[] = []
  const onToken = (token: ChosenToken) => void waiting.push(token)
  let told = 0
  const conditions = { instructions, history, exchanges, evenIfAbsent }
  const asked = { ...options, ...conditions, onThinking, onToken, signal }
  try {
    const answer = opened.document.ask(question, asked)
    for await (const text of answer) {
      const tokens = waiting.splice(0)
      told += tokens.length
      onText(text, tokens)
    }
    const summary = await answer.summary
    if (summary.finish === 'aborted')
      throw new LongtabError('aborted', 'the completion was cancelled')
    summary.calls?.forEach((one) => onCall(one))
    return { ...opened, summary, untold: summary.logProbs?.slice(told) ?? [] }
  } catch (error) {
    const isClosed = error instanceof LongtabError && error.code === 'bad-input'
    if (isClosed) documents.forget() // by whoever else reads with the model
    throw error
  }
}

function callsNone(): RequestError {
  return new RequestError(
    'bad-setting',
    'tools are not called by this model: its chat template takes none, or writes calls in a form that is not read; leave them out',
    { param: 'tools' },
  )
}
