// What a model is not asked: one with random weights nothing, the demonstration nothing but its own log's questions.
import type { Preset } from '../../index.ts'
import { byId } from '../elements.ts'
import { formatBytes } from '../format.ts'
import type { ReadingRequest } from '../session.ts'

/** Why nothing is asked of this reading; '' where questions are welcome. */
export function whyUnasked({ candidate, document }: ReadingRequest): string {
  const { card } = candidate
  if (card?.untrained === true) return 'This is a test model with random weights.'
  // It answers in the words it was trained on and makes up the rest: of a text that it was not made for every answer
  // would be noise in the shape of an answer, so it reads such a text and is not asked.
  return card?.demonstration === true && document.answered.length === 0
    ? 'This demonstration cannot answer questions about your text.'
    : ''
}

/** Of its own log the demonstration is asked what the log tells, in the log's wording. */
export function refusalOf({
  candidate,
  document,
}: ReadingRequest): (words: string) => string | undefined {
  if (candidate.card?.demonstration !== true) return () => undefined
  const known = new Set(document.answered.map(({ question }) => question.toLowerCase()))
  return (words) =>
    known.has(words.toLowerCase())
      ? undefined
      : 'The demonstration answers questions put as those above, about things in its log, and no others. Choose a real model to ask freely.'
}

/**
 * What stands in the place of the questions.
 * @param real the model that suits this device
 */
export function showUnasked(why: string, real: Preset | undefined): void {
  const asked = why === ''
  byId('unasked', HTMLElement).hidden = asked
  byId('ask-form', HTMLElement).hidden = !asked
  if (asked) return
  byId('unasked-why', HTMLElement).textContent = why
  byId('unasked-instead', HTMLElement).textContent =
    real === undefined
      ? 'It shows how reading, memory and keeping work; what it wrote would be noise, so it is not asked.'
      : `It shows how reading, memory and keeping work; what it wrote would be noise, so it is not asked. ${real.name} can answer: ${formatBytes(real.bytes)} to download, once.`
  const button = byId('unasked-real', HTMLButtonElement)
  button.hidden = real === undefined
  button.textContent = real === undefined ? '' : `Read it with ${real.name}`
}
