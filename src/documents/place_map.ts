// Offsets of a text → places in its source.
import type { Place, Places } from '../api/places.ts'

/** Takes the places in the order of the text. */
export class PlaceMap {
  readonly #firstChar: number[] = []
  readonly #place: Place[] = []

  /** From this offset on the text stands there; a later place at the same offset takes over. */
  add(firstChar: number, place: Place): void {
    if (this.#firstChar.at(-1) === firstChar) {
      this.#firstChar.pop()
      this.#place.pop()
    }
    this.#firstChar.push(firstChar)
    this.#place.push(place)
  }

  /** Those that came so far. */
  places(): Places {
    return { firstChar: Float64Array.from(this.#firstChar), place: [...this.#place] }
  }
}

/**
 * Finds where the character at a UTF-16 offset stands; `undefined` before the first place.
 * @throws Nothing.
 */
export function placeAt({ firstChar, place }: Places, offset: number): Place | undefined {
  let [low, high] = [0, firstChar.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((firstChar[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return place[low - 1]
}
