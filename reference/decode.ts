// Answering: the tail (the question), then one token after another behind the document, whose units are unchanged.
import { budgetsOf } from './budgets.ts'
import { at } from './at.ts'
import { evict } from './evict.ts'
import { forward, lastLogits, type State } from './forward.ts'
import { occupiedOf, withRoom } from './model.ts'
import { ofLayer } from './of_layer.ts'
import { argmax } from './argmax.ts'

export interface GreedyAnswer {
  /** (vocabulary), after the tail's last token */
  readonly firstLogits: Float32Array
  /** without the id that ended it */
  readonly ids: readonly number[]
  /** the smallest margin of this answer's evictions */
  readonly margin: number
}

/** @param tail (tokens), at least one */
export function answer(
  document: Readonly<State>,
  tail: Uint32Array,
  maxTokens: number,
): GreedyAnswer {
  const { model, settings } = document
  const pinned = document.caches.map(occupiedOf)
  const capacities = capacitiesOf(document)
  const caches = document.caches.map((cache, layer) => {
    const slots = cache.heads.map(({ occupied }, kvHead) => {
      const wanted = occupied + tail.length + maxTokens
      return Math.min(wanted, at(capacities[layer] ?? [], kvHead))
    })
    return withRoom(cache, ofLayer(model.description, layer), slots)
  })
  const state: State = { ...document, caches, nextLogits: undefined, margin: Infinity }

  let residual: Float32Array = new Float32Array(0)
  for (let begin = 0; begin < tail.length; begin += settings.chunk) {
    const block = tail.subarray(begin, begin + settings.chunk)
    makeRoom(state, block.length, pinned)
    residual = forward(state, block)
  }
  const firstLogits = lastLogits(model, residual)

  // the question is pinned unless it takes more than half of the slots free for an answer
  const spared = caches.map(({ heads }, layer) =>
    heads.map(({ occupied }, kvHead) => {
      const from = at(pinned[layer] ?? [], kvHead)
      const room = at(capacities[layer] ?? [], kvHead) - from
      return occupied - from <= room / 2 ? occupied : from
    }),
  )
  const ids: number[] = []
  let id = argmax(firstLogits)
  while (ids.length < maxTokens && !model.description.endIds.includes(id)) {
    ids.push(id)
    makeRoom(state, 1, spared)
    id = argmax(lastLogits(model, forward(state, Uint32Array.of(id))))
  }
  return { firstLogits, ids, margin: state.margin }
}

/** (layer, kvHead): slots */
function capacitiesOf({ settings, model }: Readonly<State>): number[][] {
  const { policy, burst, chunk, tail } = settings
  return budgetsOf(settings, model.description, model.shares).map((heads) =>
    heads.map((budget) => (policy.name === 'full' ? Infinity : budget + burst + chunk + tail)),
  )
}

/**
 * Frees half of the slots behind the pinned ones where a KV head has no free slot for the next tokens.
 * @param pinned (layer, kvHead)
 */
function makeRoom(state: State, tokens: number, pinned: readonly (readonly number[])[]): void {
  const { budget, policy } = state.settings
  capacitiesOf(state).forEach((capacities, layer) => {
    const shrinking = capacities.map((capacity, kvHead) => {
      const occupied = state.caches[layer]?.heads[kvHead]?.occupied ?? 0
      if (occupied + tokens <= capacity) return undefined
      const from = at(pinned[layer] ?? [], kvHead)
      const region = capacity - from
      const survivors = Math.max(1, Math.min(Math.floor(region / 2), region - tokens))
      return {
        pinned: from,
        survivors,
        stabilizers: Math.floor((survivors * policy.stabilizers) / budget),
      }
    })
    evict(state, layer, shrinking)
  })
}
