// What a screen reader says of its own accord: progress by quarters and answers by sentences, from a region that is not seen.
import { byId, make } from './elements.ts'

/** Older ones are taken away, so that whoever explores the page does not meet every answer twice. */
const linesKept = 3

export function speak(words: string): void {
  const region = byId('spoken', HTMLElement)
  region.append(make('p', '', words))
  while (region.childElementCount > linesKept) region.firstElementChild?.remove()
}
