// What a model is not asked: one with random weights nothing, the demonstration nothing but its own log's questions.
import type { Preset } from '../../index.ts'
import type { ReadingRequest } from '../session.ts'
import type { Parts } from '../template.ts'
import * as texts from './texts.ts'

/** Why nothing is asked of this reading; '' where questions are welcome. */
export function whyUnasked({ candidate, document }: ReadingRequest): string {
  const { card } = candidate
  if (card?.untrained === true) return texts.untrained
  // It answers in the words it was trained on and makes up the rest. Of another text every answer would be noise in the
  // shape of an answer. So it reads such a text and is not asked.
  return card?.demonstration === true && document.answered.length === 0 ? texts.notItsLog : ''
}

/** Of its own log the demonstration is asked what the log tells, in the log's wording. */
export function refusalOf({
  candidate,
  document,
}: ReadingRequest): (words: string) => string | undefined {
  if (candidate.card?.demonstration !== true) return () => undefined
  const known = new Set(document.answered.map(({ question }) => question.toLowerCase()))
  return (words) => (known.has(words.toLowerCase()) ? undefined : texts.notItsQuestion)
}

export interface Unasked {
  /**
   * What stands in the place of the questions; nothing with ''.
   * @param real the model that suits this device
   */
  show(why: string, real: Preset | undefined): void
}

export interface UnaskedEvents {
  readonly chooseModel: () => void
  readonly readWithReal: () => void
}

export function createUnasked({ part }: Parts, on: UnaskedEvents): Unasked {
  const root = part('unasked', HTMLElement)
  const reason = part('unasked-why', HTMLElement)
  const instead = part('unasked-instead', HTMLElement)
  const readWithReal = part('unasked-real', HTMLButtonElement)
  const choose = part('unasked-choose', HTMLButtonElement)
  readWithReal.addEventListener('click', on.readWithReal)
  choose.addEventListener('click', on.chooseModel)
  return {
    show(why, real) {
      root.hidden = why === ''
      reason.textContent = why
      instead.textContent = texts.instead(real)
      readWithReal.hidden = real === undefined
      readWithReal.textContent = real === undefined ? '' : texts.readWith(real)
    },
  }
}
