// Cuts a streamed text at the first stop string. Text that may be the beginning of a stop string is buffered until that
// is decided.
import { overlap } from './overlap.ts'

export class StopStrings {
  readonly #stops: readonly string[]
  #held = ''
  #found: string | undefined

  /** Empty stop strings are ignored, since they would end every answer at once. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** The stop string that ended the text, if any. */
  get found(): string | undefined {
    return this.#found
  }

  /** Takes more text; returns the part that is final. After a stop string it returns nothing. */
  push(text: string): string {
    if (this.#found !== undefined) return ''
    const all = this.#held + text
    const match = firstMatch(all, this.#stops)
    if (match) {
      this.#found = match.stop
      this.#held = ''
      return all.slice(0, match.start)
    }
    const held = Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)))
    this.#held = all.slice(all.length - held)
    return all.slice(0, all.length - held)
  }

  /** Ends the text; returns the buffered part. */
  flush(): string {
    const rest = this.#held
    this.#held = ''
    return rest
  }
}

interface Match {
  readonly stop: string
  readonly start: number
}

/** The match that completes first, so that the result does not depend on how the text was split. */
function firstMatch(text: string, stops: readonly string[]): Match | undefined {
  let first: Match | undefined
  for (const stop of stops) {
    const start = text.indexOf(stop)
    if (start < 0) continue
    const end = start + stop.length
    const firstEnd = first ? first.start + first.stop.length : Infinity
    if (end < firstEnd || (end === firstEnd && start < (first?.start ?? 0))) first = { stop, start }
  }
  return first
}
