// What the chosen model keeps by, in words beside it.
import { byId } from '../elements.ts'
import { asSentence } from '../errors.ts'
import type { Candidate } from '../../index.ts'

export function showHeads(candidate: Candidate | undefined): void {
  byId('heads-line', HTMLElement).hidden = candidate === undefined
  byId('heads-state', HTMLElement).textContent =
    candidate === undefined ? '' : headsWords(candidate)
}

function headsWords({ heads, headsNote }: Candidate): string {
  const effect =
    heads === undefined
      ? 'What to keep follows a rule that nothing was learned for.'
      : 'They learned what to keep.'
  return `${asSentence(headsNote)} ${effect}`
}
