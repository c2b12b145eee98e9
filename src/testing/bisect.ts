// Compares the engine with the reference step by step, and finds the first step from token ids to logits at which they
// differ. For finding a wrong number. It is slow, since it reads buffers back after each layer.
import { at } from '../../reference/at.ts'
import { headOf, emptyCache, type LayerCache, type ReferenceModel } from '../../reference/model.ts'
import { attend } from '../../reference/attend.ts'
import { attentionShape } from '../../reference/attention_shape.ts'
import { budgetsOf } from '../../reference/budgets.ts'
import { embed } from '../../reference/embed.ts'
import { evict as evictReference } from '../../reference/evict.ts'
import { lastLogits, type State } from '../../reference/forward.ts'
import { projectQkv, runLayer } from '../../reference/layer.ts'
import { keyPositions } from '../../reference/positions.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import { embedTokens, forward, projectLogits } from '../forward/forward.ts'
import { readBuffer } from '../gpu/readback.ts'
import { padded } from '../model/matrix.ts'
import { isLocalLayer } from '../plan/local.ts'
import { evict } from '../reading/evict.ts'
import { unpadRows } from './rows.ts'

/** The first difference. */
export interface Parting {
  /** counted from 1 */
  readonly chunk: number
  /** e.g. `layer 3: attention` */
  readonly step: string
  /** of the value with the largest difference, in the step's array without padding */
  readonly index: number
  readonly got: number
  readonly expected: number
}

type Step = Readonly<{ name: string; values: ArrayLike<number> }>

/**
 * Reads the ids through both. A chunk must fit into one block.
 * @param allowed largest |got − expected| ÷ (1 + |expected|)
 * @returns undefined where they agree to the end
 */
export async function findParting(
  engine: Engine,
  model: ReferenceModel,
  ids: Uint32Array,
  allowed: number,
): Promise<Parting | undefined> {
  const { chunk } = engine.plan.settings
  if (chunk > engine.plan.block) {
    throw new Error(`a chunk of ${chunk} is longer than a block of ${engine.plan.block}`)
  }
  clearCache(engine)
  const state = emptyState(engine, model, ids.length)
  for (let begin = 0; begin < ids.length; begin += chunk) {
    const rows = ids.subarray(begin, begin + chunk)
    const isLast = begin + chunk >= ids.length
    const expected = referenceSteps(engine, state, rows, isLast)
    for await (const { name, values } of engineSteps(engine, rows, isLast)) {
      const next = expected.next()
      if (next.done === true || next.value.name !== name) {
        throw new Error(`the reference has no step ${name} here`)
      }
      const far = farthest(values, next.value.values, allowed)
      if (far) return { chunk: begin / chunk + 1, step: name, ...far }
    }
    if (expected.next().done !== true)
      throw new Error('the reference has steps that the engine lacks')
  }
  return undefined
}

function emptyState({ plan }: Engine, model: ReferenceModel, tokens: number): State {
  const { settings } = plan
  const caches = budgetsOf(settings, model.description, model.shares).map((heads) => {
    const slots = heads.map((budget) =>
      settings.policy.name === 'full' ? tokens : budget + settings.burst + settings.chunk,
    )
    return emptyCache(model.description, slots)
  })
  return { model, settings, caches, seen: 0, nextLogits: undefined, margin: Infinity }
}

/** Whether the layer's tokens have scores when the layer is done. */
function isScored({ policy, plan }: Engine, layer: number): boolean {
  const scores = 'score' in policy || 'observe' in policy
  return scores && !isLocalLayer(plan, layer)
}

/** One chunk on the GPU. */
async function* engineSteps(
  engine: Engine,
  ids: Uint32Array,
  isLast: boolean,
): AsyncGenerator<Step, void> {
  const { gpu, scratch, recorder, plan, cache } = engine
  const { hidden, heads, kvHeads, headSize, vocabulary } = plan.model
  const rowsOf = async (buffer: GPUBuffer, width: number, count = ids.length) => {
    const bytes = await readBuffer(gpu.device, buffer, 0, 4 * count * padded(width))
    return unpadRows(new Float32Array(bytes), width, padded(width))
  }
  const ofHeads = async (layer: number, name: 'scores' | 'origins', more: number) => {
    const { heads: all, ...buffers } = present(cache.layers[layer])
    const bytes = await readBuffer(gpu.device, buffers[name])
    const values = name === 'scores' ? new Float32Array(bytes) : new Uint32Array(bytes)
    return all.flatMap(({ offset, occupied }) => [
      ...values.subarray(offset, offset + occupied + more),
    ])
  }

  gpu.device.queue.writeBuffer(scratch.ids, 0, ids.slice())
  embedTokens(engine, ids.length)
  recorder.submit()
  yield { name: 'embedding', values: await rowsOf(scratch.residual, hidden) }

  const steps: Step[] = []
  let layer = 0
  const pace: Engine['pace'] = {
    ...engine.pace,
    async layerDone(submit) {
      submit()
      if (layer === plan.model.layers) return // scores that are computed after the last layer
      const at = `layer ${layer}`
      const qkv = await rowsOf(scratch.qkv, (heads + 2 * kvHeads) * headSize)
      steps.push({ name: `${at}: q, k and v`, values: qkv })
      const attended = await rowsOf(scratch.attended, heads * headSize)
      steps.push({ name: `${at}: attention`, values: attended })
      if (isScored(engine, layer)) {
        const scores = await ofHeads(layer, 'scores', ids.length)
        steps.push({ name: `${at}: scores`, values: scores })
      }
      steps.push({ name: `${at}: residual`, values: await rowsOf(scratch.residual, hidden) })
      layer++
    },
  }
  const pass = { count: ids.length, before: 0, after: 0, opens: cache.seen === 0, scored: true }
  await forward({ ...engine, pace }, pass)
  yield* steps

  for (const [index, own] of cache.layers.entries()) {
    evict(engine, index, shrinkingOf(plan, index, own.heads, isLast))
    recorder.submit()
    yield { name: `layer ${index}: retained slots`, values: await ofHeads(index, 'origins', 0) }
  }
  if (!isLast) return
  projectLogits(engine, ids.length - 1)
  recorder.submit()
  yield { name: 'logits', values: await rowsOf(scratch.logits, vocabulary, 1) }
}

/** The same chunk in the reference. */
function* referenceSteps(
  engine: Engine,
  state: State,
  ids: Uint32Array,
  isLast: boolean,
): Generator<Step, void> {
  const { model, settings, caches } = state
  const { description } = model
  const { hidden, embeddingScale } = description
  const residual = embed(ids, model.embedding, hidden, embeddingScale)
  yield { name: 'embedding', values: residual }
  for (const [index, cache] of caches.entries()) {
    const layer = `layer ${index}`
    const firstSlots = cache.heads.map(({ occupied }) => occupied)
    const qkv = projectQkv(residual, present(model.layers[index]), description)
    yield { name: `${layer}: q, k and v`, values: qkv }
    const block = { rows: ids.length, firstSlots, firstOrigin: state.seen }
    runLayer(residual, cache, block, index, model, settings)
    const shape = attentionShape(model, index, settings)
    const positions = keyPositions(settings.positions, cache)
    yield { name: `${layer}: attention`, values: attend(qkv, cache, positions, shape, firstSlots) }
    for (const head of cache.heads) head.occupied += ids.length
    if (isScored(engine, index)) yield { name: `${layer}: scores`, values: inUse(cache, 'scores') }
    yield { name: `${layer}: residual`, values: residual }
  }
  state.seen += ids.length
  for (const [index, cache] of caches.entries()) {
    evictReference(state, index, shrinkingOf(engine.plan, index, cache.heads, isLast))
    yield { name: `layer ${index}: retained slots`, values: inUse(cache, 'origins') }
  }
  if (isLast) yield { name: 'logits', values: lastLogits(model, residual) }
}

/** (kv head): as in prefill.ts */
function shrinkingOf(
  { budgets, settings }: Engine['plan'],
  layer: number,
  heads: readonly { readonly occupied: number }[],
  isLast: boolean,
) {
  return heads.map(({ occupied }, kvHead) => {
    const survivors = budgets[layer]?.[kvHead] ?? occupied
    if (occupied <= survivors + settings.burst) return undefined
    return { pinned: 0, survivors, stabilizers: isLast ? 0 : settings.policy.stabilizers }
  })
}

/** Values of the slots in use, KV head after KV head. */
function inUse(cache: LayerCache, name: 'scores' | 'origins'): number[] {
  return cache.heads.flatMap((_, kvHead) => {
    const { offset, occupied } = headOf(cache, kvHead)
    return [...cache[name].subarray(offset, offset + occupied)]
  })
}

function present<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('there is no such layer')
  return found
}

function farthest(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: number,
): Pick<Parting, 'index' | 'got' | 'expected'> | undefined {
  if (got.length !== expected.length) {
    return {
      index: Math.min(got.length, expected.length),
      got: got.length,
      expected: expected.length,
    }
  }
  let worst = allowed
  let found: Pick<Parting, 'index' | 'got' | 'expected'> | undefined
  for (let index = 0; index < expected.length; index++) {
    const [a, b] = [at(got, index), at(expected, index)]
    if (a === b) continue // also for infinite scores
    const error = Math.abs(a - b) / (1 + Math.abs(b))
    if (error <= worst) continue
    worst = Number.isNaN(error) ? Infinity : error
    found = { index, got: a, expected: b }
  }
  return found
}
