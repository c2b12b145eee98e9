// Answers from passages in the twin. The engine's own code cuts the document and finds passages. Controls take others in
// their place: those of the next question, or random ones.
import { openText } from '../../src/text/source.ts'
import { DocumentPassages } from '../../src/recall/document_passages.ts'
import { documentPrompt } from '../../src/reading/document_prompt.ts'
import { lookUp } from '../../src/recall/look_up.ts'
import { seeded } from '../../src/random.ts'
import type { ExamDocument } from '../../src/quality/examiner.ts'
import type { ChatForm } from '../../src/text/chat.ts'
import type { Tokenizer } from '../../src/text/tokenizer.ts'
import { UsageError } from '../shell/command.ts'

export interface PassagesRead {
  readonly tokens: number
  /** (questions): ids of the passages; undefined where the document does not speak of what is asked */
  readonly ids: readonly (readonly number[] | undefined)[]
}

/** @param reread passages for a question at most */
export async function passagesRead(
  { context, questions, passages: choice = 'found', prompt }: ExamDocument,
  { tokenizer, chat }: { readonly tokenizer: Tokenizer; readonly chat: ChatForm },
  reread: number,
): Promise<PassagesRead> {
  const encoding = { tokenizer, specials: 'data', boundary: chat.boundary } as const
  const passages = new DocumentPassages({ ...encoding, lead: chat.lead.length }, undefined)
  const document = documentPrompt(openText(context), 'chat', tokenizer, chat, passages)
  for await (const _ of document.ids()); // cut into passages on the way
  const tokens = document.tokens()
  if (passages.count <= reread) {
    throw new UsageError(
      `a document of ${tokens} tokens has ${passages.count} passages, and ${reread} are read again; lower reread or choose a longer document`,
    )
  }
  const found = questions.map(({ question }) => {
    const at = lookUp(passages.words, question, undefined, reread)
    if (at.kind === 'whole')
      throw new UsageError(`'${question}' is about no passage, and the twin did not read the whole`)
    return at.kind === 'absent' ? undefined : at.passages
  })
  const random = seeded(parseInt(prompt.slice(0, 8), 16))
  const chosen = found.map((own, i) => {
    if (choice === 'random') return drawn(passages.count, reread, random)
    if (choice === 'other') return found[(i + 1) % found.length]
    return own
  })
  const ids = chosen.map(async (some) => some && passages.ids(some.toSorted((a, b) => a - b)))
  return { tokens, ids: await Promise.all(ids) }
}

/** Different numbers below `count`. */
function drawn(count: number, howMany: number, random: () => number): number[] {
  const numbers = new Set<number>()
  while (numbers.size < howMany) numbers.add(Math.floor(random() * count))
  return [...numbers]
}
