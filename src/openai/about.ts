// What a conversation is about. Where nobody sent a document, the text before the first question is read in its place: a long
// message's own, or the instructions. The model is then given what it would be given without Longtab.
import type { Model } from '../index.ts'
import type { Conversation, DocumentPart } from './conversation.ts'
import { RequestError } from './request_error.ts'

/** What stands first in a conversation that has neither a document nor a system message. */
const usualInstructions = 'You are a helpful assistant.'

/** A conversation with something to read. */
export interface About extends Conversation {
  /** whether a document was sent: a conversation without one has nothing that could be absent from it */
  readonly hasDocument: boolean
}

/** Throws RequestError for a first message that is too long to stand behind a document and cannot be cut. */
export async function aboutDocument(
  conversation: Conversation,
  { countTokens, settings: { budget } }: Pick<Model, 'countTokens' | 'settings'>,
): Promise<About> {
  if (conversation.documents.length > 0) return { ...conversation, hasDocument: true }
  const { instructions, history, question, exchanges } = conversation
  const first = history[0]?.question ?? question
  const tokens = await countTokens(first)
  if (tokens <= budget) {
    const documents = [textPart(instructions || usualInstructions)]
    return { ...conversation, documents, instructions: '', hasDocument: false }
  }
  const cut = first.trimEnd().lastIndexOf('\n\n')
  if (cut < 1) throw tooLong(tokens, budget)
  const [text, asked] = [first.slice(0, cut), first.slice(cut).trim()]
  const [turn, ...later] = history
  return {
    instructions,
    documents: [textPart(text)],
    exchanges,
    ...(turn === undefined
      ? { history, question: asked }
      : { history: [{ ...turn, question: asked }, ...later], question }),
    hasDocument: true,
  }
}

function textPart(text: string): DocumentPart {
  return { name: undefined, content: new Blob([text]) }
}

function tooLong(tokens: number, room: number): RequestError {
  return new RequestError(
    'bad-input',
    `the first message has ${tokens} tokens, and a question at most ${room}; send its document as a part of its own, or the question behind an empty line`,
    { param: 'messages' },
  )
}
