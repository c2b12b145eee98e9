// Answering: the tail (the question) and then one token after another on top of what was read, which stays as it is.
import { evict } from './evict.ts'
import { forward, lastLogits, type State } from './forward.ts'
import { withRoom } from './model.ts'
import { chooseGreedy } from './choose_greedy.ts'

export interface GreedyAnswer {
  /** (vocabulary), after the tail's last token */
  readonly firstLogits: Float32Array
  /** without the id that ended it */
  readonly ids: readonly number[]
  /** the closest call among the evictions of this answer */
  readonly margin: number
}

/** @param tail (tokens), at least one */
export function answer(
  document: Readonly<State>,
  tail: Uint32Array,
  maxTokens: number,
): GreedyAnswer {
  const { model, settings } = document
  const pinned = document.occupied
  const slots = Math.min(pinned + tail.length + maxTokens, capacityOf(document))
  const caches = document.caches.map((cache) => withRoom(cache, model.description, pinned, slots))
  const state: State = { ...document, caches, margin: Infinity }

  let residual: Float32Array = new Float32Array(0)
  for (let begin = 0; begin < tail.length; begin += settings.chunk) {
    const block = tail.subarray(begin, begin + settings.chunk)
    makeRoom(state, block.length, pinned)
    residual = forward(state, block)
  }
  const firstLogits = lastLogits(model, residual)

  // the question stays whole unless it takes more than half of what an answer may use
  const isShort = state.occupied - pinned <= (capacityOf(document) - pinned) / 2
  const spared = isShort ? state.occupied : pinned
  const ids: number[] = []
  let id = chooseGreedy(firstLogits)
  while (ids.length < maxTokens && !model.description.endIds.includes(id)) {
    ids.push(id)
    makeRoom(state, 1, spared)
    id = chooseGreedy(lastLogits(model, forward(state, Uint32Array.of(id))))
  }
  return { firstLogits, ids, margin: state.margin }
}

function capacityOf({ settings }: Readonly<State>): number {
  const { policy, budget, chunk, tail } = settings
  return policy === 'full' ? Infinity : budget + chunk + tail
}

/** When no slot is left for the tokens to come, half of those from `from` on are freed. */
function makeRoom(state: State, tokens: number, from: number): void {
  const capacity = capacityOf(state)
  if (state.occupied + tokens <= capacity) return
  const region = capacity - from
  const places = Math.max(1, Math.min(Math.floor(region / 2), region - tokens))
  const { budget, stabilizers } = state.settings
  evict(state, { from, places }, Math.floor((places * stabilizers) / budget))
}
