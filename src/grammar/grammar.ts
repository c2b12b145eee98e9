// A context-free grammar over bytes, and where a text stands in it. A state is all the ways in which the text so far can go on;
// states are made when a text first reaches them, and each is made once.

/** The next byte may be any of these: 256 flags. */
export type Bytes = Uint8Array

/** A byte, or a rule by its number. */
export type Element = Bytes | number

export type Sequence = readonly Element[]

/** Of each rule the sequences that it stands for. */
export interface Rules {
  /** @returns its number; what it stands for may be given later, so that rules may name each other */
  readonly add: (alternates?: readonly Sequence[]) => number
  readonly define: (rule: number, alternates: readonly Sequence[]) => void
  readonly alternates: (rule: number) => readonly Sequence[]
}

/** Where a text stands. */
export interface State {
  /** Whether the text may end here. */
  readonly mayEnd: boolean
  /** Whether it must, since no byte can follow. */
  readonly mustEnd: boolean
  /** undefined where the byte cannot follow */
  after(byte: number): State | undefined
}

/** What is left of a sequence, and what comes after it. */
interface Rest {
  readonly id: number
  readonly sequence: Sequence
  readonly at: number
  readonly then: Rest | undefined
}

export function createRules(): Rules {
  const all: (readonly Sequence[])[] = []
  return {
    add: (alternates = []) => all.push(alternates) - 1,
    define: (rule, alternates) => {
      all[rule] = alternates
    },
    alternates: (rule) => all[rule] ?? [],
  }
}

/** The state before the first byte. */
export function begin(rules: Rules, start: number): State {
  const numbers = new Map<Sequence, number>()
  const rests = new Map<string, Rest>()
  const states = new Map<string, State>()

  function restOf(sequence: Sequence, at: number, then: Rest | undefined): Rest | undefined {
    if (at === sequence.length) return then
    const number = numbers.get(sequence) ?? numbers.size
    numbers.set(sequence, number)
    const key = `${number} ${at} ${then?.id ?? ''}`
    const known = rests.get(key)
    if (known) return known
    const made = { id: rests.size, sequence, at, then }
    rests.set(key, made)
    return made
  }

  /** Those that begin with a byte; undefined among them where the text may end. */
  function open(
    rest: Rest | undefined,
    found: Set<Rest | undefined>,
    seen = new Set<Rest | undefined>(),
  ): void {
    if (seen.has(rest)) return // a rule that stands for itself
    seen.add(rest)
    const element = rest?.sequence[rest.at]
    if (rest === undefined || typeof element !== 'number') {
      found.add(rest)
      return
    }
    const then = restOf(rest.sequence, rest.at + 1, rest.then)
    for (const sequence of rules.alternates(element)) open(restOf(sequence, 0, then), found, seen)
  }

  function stateOf(ways: ReadonlySet<Rest | undefined>): State {
    const mayEnd = ways.has(undefined)
    const open = [...ways].filter((way) => way !== undefined)
    const key = `${open
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join()} ${mayEnd}`
    const known = states.get(key)
    if (known) return known
    const next: (State | null)[] = [] // by byte; null where it cannot follow
    const made: State = {
      mayEnd,
      mustEnd: open.length === 0,
      after(byte) {
        let found = next[byte]
        if (found === undefined) found = next[byte] = follow(open, byte) ?? null
        return found ?? undefined
      },
    }
    states.set(key, made)
    return made
  }

  function follow(ways: readonly Rest[], byte: number): State | undefined {
    const found = new Set<Rest | undefined>()
    for (const { sequence, at, then } of ways) {
      const bytes = sequence[at]
      if (typeof bytes === 'object' && bytes[byte]) open(restOf(sequence, at + 1, then), found)
    }
    return found.size === 0 ? undefined : stateOf(found)
  }

  const first = new Set<Rest | undefined>()
  open(restOf([start], 0, undefined), first)
  return stateOf(first)
}
