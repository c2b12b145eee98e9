// Whether drafts pay on this device and for these answers. A step that checks a draft gives several tokens, but it must
// wait for the ids before it, which steps that run ahead don't. So both are timed. What drafts would give is counted
// while steps run ahead too.

import type { ModelDescription } from '../api/description.ts'
import { isSoftware } from '../gpu/software.ts'
import { hasDeltaNets } from '../model/layer_kinds.ts'

export interface DraftPace {
  /** Whether the next step should wait for the ids before it, so that it may check a draft. */
  waits(): boolean
  /** Takes the ms of a step that waited. */
  waited(ms: number): void
  /** Takes the ms between the ids of two steps that ran ahead. */
  ranAhead(ms: number): void
  /** Takes the tokens that a step with a draft gave, or would have given. */
  gave(tokens: number): void
}

/**
 * Whether answers are drafted at all. An adapter that is a CPU takes longer for a step of a few tokens than its drafts spare
 * (docs/research/drafts.md). A delta net cannot take back what a refused draft changed in its state.
 */
export function mayDraft(
  adapter: Parameters<typeof isSoftware>[0],
  model: Pick<ModelDescription, 'kinds'>,
): boolean {
  return !isSoftware(adapter) && !hasDeltaNets(model)
}

/** Steps that are timed before the two ways are compared. */
const steps = 8

/** Steps with a draft over which their tokens are averaged. */
const averaged = 32

/** Tokens of a step with a draft, on average, from which waiting is tried. */
const worthTrying = 1.2

/** Times the median that is no step's. */
const pause = 5

export function createDraftPace(): DraftPace {
  const waiting = new Latest(steps)
  const ahead = new Latest(steps)
  const given = new Latest(averaged)
  return {
    waits() {
      if (!ahead.isFull) return false
      if (!waiting.isFull) return given.mean > worthTrying
      return waiting.usual < given.mean * ahead.usual
    },
    waited: (ms) => waiting.add(ms),
    ranAhead: (ms) => ahead.add(ms),
    gave: (tokens) => given.add(tokens),
  }
}

/** The latest values of a series. */
class Latest {
  readonly #most: number
  readonly #values: number[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(value: number): void {
    if (this.#values.push(value) > this.#most) this.#values.shift()
  }

  get isFull(): boolean {
    return this.#values.length === this.#most
  }

  get mean(): number {
    return meanOf(this.#values)
  }

  /** The mean without pauses, as of a tab in the background: values far above the median. */
  get usual(): number {
    const median = this.#values.toSorted((a, b) => a - b)[this.#values.length >> 1] ?? 0
    return meanOf(this.#values.filter((value) => value <= pause * median))
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
