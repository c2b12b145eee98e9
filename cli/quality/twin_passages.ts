// Answers from passages in the twin: the engine's own code cuts the document and finds passages, and each question gets a prompt
// of its own. The twin need not read the document, as no answer sees it.
import { DocumentPassages } from '../../src/recall/document_passages.ts'
import { documentPrompt } from '../../src/reading/document_prompt.ts'
import { lookUp } from '../../src/recall/look_up.ts'
import type { ExamDocument } from '../../src/quality/examiner.ts'
import type { ChatForm } from '../../src/text/chat.ts'
import type { Tokenizer } from '../../src/text/tokenizer.ts'
import { UsageError } from '../shell/command.ts'

export interface PassagePrompts {
  readonly tokens: number
  /** (questions): ids before the question; undefined where the document does not speak of what is asked */
  readonly prompts: readonly (readonly number[] | undefined)[]
}

/** @param reread passages for a question at most */
export async function passagePrompts(
  { context, questions }: ExamDocument,
  { tokenizer, chat }: { readonly tokenizer: Tokenizer; readonly chat: ChatForm },
  reread: number,
): Promise<PassagePrompts> {
  const encoding = { tokenizer, specials: 'data', boundary: chat.boundary } as const
  const passages = new DocumentPassages({ ...encoding, lead: chat.lead.length }, undefined)
  const document = documentPrompt(context, 'chat', tokenizer, chat, passages)
  for await (const _ of document.ids()); // cut into passages on the way
  const tokens = document.tokens()
  if (passages.count <= reread) {
    throw new UsageError(
      `a document of ${tokens} tokens has ${passages.count} passages, and ${reread} are read again; lower reread or choose a longer document`,
    )
  }
  const prompts: (readonly number[] | undefined)[] = []
  for (const { question } of questions) {
    const found = lookUp(passages.words, question, undefined, reread)
    if (found.kind === 'whole')
      throw new UsageError(`'${question}' is about no passage, and the twin did not read the whole`)
    const chosen = found.kind === 'absent' ? undefined : found.passages.toSorted((a, b) => a - b)
    prompts.push(chosen && [...chat.prefix, ...(await passages.ids(chosen))])
  }
  return { tokens, prompts }
}
