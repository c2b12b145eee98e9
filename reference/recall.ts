// The question chooses again: of all units that were read those that it looks at most fill the cache for its answer.
import type { CacheStorage } from '../src/api/settings.ts'
import { at } from './at.ts'
import { scoresOf } from './attend.ts'
import { attentionShape } from './attention_shape.ts'
import { budgetsOf } from './budgets.ts'
import { kept } from './cache_rows.ts'
import { forward, type State } from './forward.ts'
import { emptyCache, headOf, occupiedOf, withRoom, type ReferenceModel } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { read } from './prefill.ts'
import { rotate } from './rotary.ts'
import { turnQuery } from './turn_query.ts'

/** Every unit of a document. */
export interface Units {
  /** [layer][kvHead] of (token, headSize), before rotation, as their codes leave them */
  readonly keys: readonly (readonly Float32Array[])[]
  /** [layer][kvHead] of (token, headSize) */
  readonly values: readonly (readonly Float32Array[])[]
}

export interface RecallChoice {
  /** rows that come along with one that is chosen */
  readonly before: number
  readonly after: number
  readonly sinks: number
  readonly newest: number
  /** last tokens of the question that look */
  readonly questionTokens: number
}

/** Reads as `read` does and keeps every unit. @param storage of the units that are kept */
export function readKeeping(
  model: ReferenceModel,
  ids: Uint32Array,
  settings: ReadingSettings,
  storage: CacheStorage,
): { readonly document: Readonly<State>; readonly units: Units } {
  const { heads, kvHeads, headSize, layers } = model.description
  const width = (heads + 2 * kvHeads) * headSize
  const empty = () =>
    Array.from({ length: layers }, () =>
      Array.from({ length: kvHeads }, () => new Float32Array(ids.length * headSize)),
    )
  const units = { keys: empty(), values: empty() }
  const document = read(model, ids, settings, (layer, qkv, _, { rows, firstOrigin }) => {
    for (let row = 0; row < rows; row++) {
      for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
        const key = row * width + (heads + kvHead) * headSize
        const value = key + kvHeads * headSize
        const to = (firstOrigin + row) * headSize
        const left = (from: number) => kept(qkv.subarray(from, from + headSize), headSize, storage)
        units.keys[layer]?.[kvHead]?.set(left(key), to)
        units.values[layer]?.[kvHead]?.set(left(value), to)
      }
    }
  })
  return { document: { ...document, watch: undefined }, units }
}

/**
 * @param tail (tokens): the question
 * @returns the document with a cache of the units chosen, and which they are: [layer][kvHead], ascending
 */
export function chooseAgain(
  document: Readonly<State>,
  units: Units,
  tail: Uint32Array,
  { before, after, sinks, newest, questionTokens }: RecallChoice,
): { readonly document: Readonly<State>; readonly chosen: readonly (readonly number[][])[] } {
  const { model, settings, seen } = document
  const { headSize, kvHeads } = model.description
  const scores = scoresOfUnits(document, units, tail, questionTokens)
  const budgets = budgetsOf(settings, model.description, model.shares)
  const chosen = scores.map((ofLayer, layer) =>
    ofLayer.map((own, kvHead) => {
      const grown = own.map((_, token) =>
        own.slice(Math.max(0, token - after), token + before + 1).reduce((a, b) => Math.max(a, b)),
      )
      const rank = (token: number) => {
        if (token < sinks || token >= seen - newest) return Infinity
        return at(grown, token)
      }
      const order = [...own.keys()].sort((a, b) => rank(b) - rank(a) || b - a)
      return order.slice(0, at(budgets[layer] ?? [], kvHead)).sort((a, b) => a - b)
    }),
  )
  const caches = chosen.map((ofLayer, layer) => {
    const cache = emptyCache(
      model.description,
      ofLayer.map((own) => own.length),
    )
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      const head = headOf(cache, kvHead)
      ofLayer[kvHead]?.forEach((token, slot) => {
        const row = (rows: Float32Array | undefined) =>
          rows?.subarray(token * headSize, (token + 1) * headSize) ?? []
        const to = (head.offset + slot) * headSize
        cache.keys.set(row(units.keys[layer]?.[kvHead]), to)
        cache.values.set(row(units.values[layer]?.[kvHead]), to)
        cache.origins[head.offset + slot] = token
      })
      head.occupied = head.slots
    }
    return cache
  })
  return { document: { ...document, caches }, chosen }
}

/** [layer][kvHead] of (token): the largest score over the question's tokens and the heads of the group. */
function scoresOfUnits(
  document: Readonly<State>,
  units: Units,
  tail: Uint32Array,
  questionTokens: number,
): Float32Array[][] {
  const { model, settings, seen } = document
  const { heads, kvHeads, headSize } = model.description
  const width = (heads + 2 * kvHeads) * headSize
  const scores: Float32Array[][] = []
  const caches = document.caches.map((cache) => {
    const slots = occupiedOf(cache).map((occupied) => occupied + tail.length)
    return withRoom(cache, model.description, slots)
  })
  const watch: State['watch'] = (layer, qkv, _, { rows }) => {
    const shape = attentionShape(model, layer, settings)
    const ofLayer = Array.from({ length: kvHeads }, () => new Float32Array(seen).fill(-1e30))
    scores[layer] = ofLayer
    for (let row = Math.max(0, rows - questionTokens); row < rows; row++) {
      for (let head = 0; head < heads; head++) {
        const kvHead = Math.floor(head / (heads / kvHeads))
        const start = row * width + head * headSize
        const plain = qkv.subarray(start, start + headSize)
        const keys = units.keys[layer]?.[kvHead] ?? new Float32Array(0)
        const all = keys.slice()
        for (let token = 0; token < seen; token++) {
          const from = token * headSize
          all.set(rotate(keys.subarray(from, from + headSize), token, shape.rotary), from)
        }
        const own = scoresOf(turnQuery(plain, seen + row, shape), all, 0, seen, {
          ...shape,
          window: undefined,
        })
        const into = ofLayer[kvHead]
        own.forEach((score, token) => {
          if (into) into[token] = Math.max(at(into, token), score)
        })
      }
    }
  }
  forward({ ...document, caches, watch }, tail)
  return scores
}
