// The ids between a document and its answer: the question in the chat template, or what was held out of a plain prompt.
import { LongtabError } from '../api/errors.ts'
import type { Asking, ChatForm } from '../text/chat.ts'

/**
 * Throws LongtabError `bad-input` for a question that is empty, or not of this form.
 * @param held out of a plain prompt; undefined in chat form
 */
export function tailIds(
  chat: ChatForm,
  held: Uint32Array | undefined,
  question: string | undefined,
  asking: Asking,
): Uint32Array {
  if (held === undefined) {
    if (question === undefined || question.trim() === '') {
      throw new LongtabError('bad-input', 'the question is empty; ask something about the document')
    }
    return Uint32Array.from(chat.tail(question, asking))
  }
  if (question !== undefined) {
    throw new LongtabError(
      'bad-input',
      'a document read in plain form is continued, not asked; read it in chat form',
    )
  }
  if (held.length === 0) {
    throw new LongtabError(
      'bad-input',
      'nothing was held back to continue from; set local to at least 1',
    )
  }
  return held
}

/**
 * The same with as many of the latest earlier turns as fit.
 * @param room tokens that the tail may have; the question itself is whole though it has more
 * @throws as `tailIds`
 */
export function tailWithin(
  room: number,
  chat: ChatForm,
  held: Uint32Array | undefined,
  question: string | undefined,
  asking: Asking,
): { readonly ids: Uint32Array; readonly remembered: number } {
  const { history = [] } = asking
  let remembered = history.length
  const tail = () =>
    tailIds(chat, held, question, {
      ...asking,
      history: history.slice(history.length - remembered),
    })
  let ids = tail()
  while (ids.length > room && remembered > 0) {
    remembered--
    ids = tail()
  }
  return { ids, remembered }
}
