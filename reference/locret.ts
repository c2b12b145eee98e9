// The whole algorithm: a prompt read chunk by chunk into a cache that is cut back to its budget after each, then the tail
// and a greedy answer on top. Official: `infer.py` of huangyuxiang03/Locret; paper, section 3.4 and Algorithm 1.
import { compact } from './compact.ts'
import { embed } from './embed.ts'
import { runLayer } from './layer.ts'
import { margin } from './margin.ts'
import { emptyCache, type LayerCache, type ReferenceModel } from './model.ts'
import { norm } from './norm.ts'
import { protection, type Block, type ReadingSettings } from './policies.ts'
import { project } from './project.ts'
import { greedy } from './sample.ts'
import { select } from './select.ts'

/** What is left of a prompt after reading. */
export interface ReadPrompt {
  readonly model: ReferenceModel
  readonly settings: ReadingSettings
  /** (layer) */
  readonly caches: readonly LayerCache[]
  /** slots in use, in every layer and KV head */
  readonly occupied: number
  /** tokens read */
  readonly tokens: number
  /** the closest call among all evictions, see `margin` */
  readonly margin: number
}

export interface GreedyAnswer {
  /** (vocabulary), after the tail's last token */
  readonly firstLogits: Float32Array
  /** without the id that ended it */
  readonly ids: readonly number[]
}

/** A plain prompt: all but its last `local` tokens are read with evictions, those then form the tail. */
export function complete(
  model: ReferenceModel,
  prompt: Uint32Array,
  settings: ReadingSettings & { readonly local: number },
  maxTokens: number,
): GreedyAnswer & { readonly read: ReadPrompt } {
  const held = Math.max(0, prompt.length - settings.local)
  const read = readPrompt(model, prompt.subarray(0, held), settings)
  return { read, ...answer(read, prompt.subarray(held), maxTokens) }
}

/** @param ids (tokens) */
export function readPrompt(
  model: ReferenceModel,
  ids: Uint32Array,
  settings: ReadingSettings,
): ReadPrompt {
  const grows = settings.policy === 'full'
  const slots = grows ? ids.length : Math.min(ids.length, settings.budget + settings.chunk)
  const caches = model.layers.map(() => emptyCache(model.description, slots))
  let occupied = 0
  let narrowest = Infinity
  for (let begin = 0; begin < ids.length; begin += settings.chunk) {
    const chunk = ids.subarray(begin, begin + settings.chunk)
    const block = { rows: chunk.length, firstSlot: occupied, firstOrigin: begin }
    forward(model, caches, chunk, block, settings)
    occupied += chunk.length
    if (grows || occupied <= settings.budget) continue

    const isLastChunk = begin + settings.chunk >= ids.length
    const protectedSlots = protection(settings, isLastChunk)
    const eviction = { from: 0, occupied, places: settings.budget, ...protectedSlots }
    for (const cache of caches) {
      const thresholds = select(cache.scores, cache.slots, eviction)
      narrowest = Math.min(narrowest, margin(cache, thresholds, eviction))
      compact(cache, model.description.kvHeads, thresholds, eviction)
    }
    occupied = settings.budget
  }
  return { model, settings, caches, occupied, tokens: ids.length, margin: narrowest }
}

/** Appends the tail to copies of the caches, without eviction, and decodes greedily. What was read stays as it is. */
export function answer(read: ReadPrompt, tail: Uint32Array, maxTokens: number): GreedyAnswer {
  const { model, settings } = read
  const caches = read.caches.map((cache) =>
    withRoom(cache, model, read.occupied, read.occupied + tail.length + maxTokens),
  )
  let next = tail
  let appended = 0
  const step = () => {
    const block = {
      rows: next.length,
      firstSlot: read.occupied + appended,
      firstOrigin: read.tokens + appended,
    }
    appended += next.length
    return lastLogits(model, forward(model, caches, next, block, settings))
  }

  const firstLogits = step()
  const ids: number[] = []
  let id = greedy(firstLogits)
  while (ids.length < maxTokens && !model.description.endIds.includes(id)) {
    ids.push(id)
    next = Uint32Array.of(id)
    if (ids.length < maxTokens) id = greedy(step())
  }
  return { firstLogits, ids }
}

/** Prompt indices that each KV head of each layer still holds, ascending: [layer][kvHead]. */
export function retained({ caches, occupied, model }: ReadPrompt): number[][][] {
  const kvHeads = Array.from({ length: model.description.kvHeads }, (_, kvHead) => kvHead)
  return caches.map(({ origins, slots }) =>
    kvHeads.map((kvHead) => [...origins.subarray(kvHead * slots, kvHead * slots + occupied)]),
  )
}

/** @returns the residual stream (rows, hidden) after the last layer */
function forward(
  model: ReferenceModel,
  caches: readonly LayerCache[],
  ids: Uint32Array,
  block: Block,
  settings: ReadingSettings,
): Float32Array {
  const residual = embed(ids, model.embedding, model.description.hidden)
  caches.forEach((cache, layerIndex) => {
    runLayer(residual, cache, block, layerIndex, model, settings)
  })
  return residual
}

/** @returns (vocabulary), of the last row */
function lastLogits(model: ReferenceModel, residual: Float32Array): Float32Array {
  const { hidden, normEpsilon } = model.description
  const last = residual.subarray(residual.length - hidden)
  return project(norm(last, model.finalNorm, normEpsilon), model.output, hidden)
}

/** A copy of a cache's occupied slots with room for more. */
function withRoom(
  cache: LayerCache,
  { description }: ReferenceModel,
  occupied: number,
  slots: number,
): LayerCache {
  const { kvHeads, headSize } = description
  const copy = emptyCache(description, slots)
  for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
    const from = kvHead * cache.slots
    const to = kvHead * slots
    const size = headSize
    copy.keys.set(cache.keys.subarray(from * size, (from + occupied) * size), to * size)
    copy.values.set(cache.values.subarray(from * size, (from + occupied) * size), to * size)
    copy.scores.set(cache.scores.subarray(from, from + occupied), to)
    copy.origins.set(cache.origins.subarray(from, from + occupied), to)
  }
  return copy
}
