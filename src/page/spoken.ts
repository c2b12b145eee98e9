// What a screen reader says of its own accord: progress by quarters and answers by sentences, from a region that is not seen.
import { make } from './elements.ts'

/** Older ones are taken away, so that whoever explores the page does not meet every answer twice. */
const linesKept = 3

export type Speak = (words: string) => void

/** @param region live since before the page's code ran, or screen readers would miss its first lines */
export function createSpeaker(region: HTMLElement): Speak {
  return (words) => {
    region.append(make('p', '', words))
    while (region.childElementCount > linesKept) region.firstElementChild?.remove()
  }
}
