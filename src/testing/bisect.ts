// Finds the step at which a number goes wrong. From token ids to logits every step of the engine has a twin in the
// reference. The twin takes its inputs from the GPU's buffers and may leave its results there, so either can compute a
// step. It is slow, since buffers are read back around each step.
import { at } from '../../reference/at.ts'
import { embed } from '../../reference/embed.ts'
import { evict as evictReference } from '../../reference/evict.ts'
import { lastLogits, layerInputsOf } from '../../reference/forward.ts'
import type { LayerCache, ReferenceModel } from '../../reference/model.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import { advance, anyLayerOf, embedTokens, meanSlots, projectLogits } from '../forward/forward.ts'
import { makeLayerInputs } from '../forward/layer_inputs.ts'
import { runStep, stepsOf as stepsOfLayer } from '../forward/run_layer.ts'
import type { StateName } from '../plan/state_bytes.ts'
import { evict } from '../reading/evict.ts'
import { layerArrays, twinOf } from './layer_steps.ts'
import {
  readStep,
  writeStep,
  writeTokenRows,
  writtenBy,
  type Arrays,
  type RowsName,
} from './step_arrays.ts'

/** The first difference. */
export interface Parting {
  /** counted from 1 */
  readonly chunk: number
  /** e.g. `layer 3: attend` */
  readonly step: string
  /** that it writes, e.g. `attended` */
  readonly array: string
  /** of the value with the largest difference, in the array without padding */
  readonly index: number
  readonly got: number
  readonly expected: number
}

/** One step of a chunk, on either side. */
export interface Step {
  readonly name: string
  readonly chunk: number
  /** tokens of the chunk */
  readonly rows: number
  /** of the cache that it reads and writes, if it does */
  readonly layer?: number
  /** of the layer, that it reads and writes */
  readonly state?: StateName
  /** its own layer, if it has one */
  readonly index?: number
  readonly reads: readonly RowsName[]
  readonly writes: readonly RowsName[]
  /** Records it on the GPU. */
  record(): void
  /** Computes it on the CPU. */
  compute(arrays: Arrays): void
}

/**
 * Reads the ids on the GPU and compares each step with its twin on the same inputs.
 * @param allowed largest |got − expected| ÷ (1 + |expected|)
 * @returns undefined where all agree
 */
export async function findParting(
  engine: Engine,
  model: ReferenceModel,
  ids: Uint32Array,
  allowed: number,
): Promise<Parting | undefined> {
  for (const step of stepsOf(engine, model, ids)) {
    const expected = await readStep(engine, step, step.reads)
    step.compute(expected)
    step.record()
    engine.recorder.submit()
    const got = writtenBy(engine, step, await readStep(engine, step, step.writes))
    const twin = writtenBy(engine, step, expected)
    for (const [array, values] of Object.entries(got)) {
      const far = farthest(values, twin[array] ?? [], allowed)
      if (far) return { chunk: step.chunk, step: step.name, array, ...far }
    }
  }
  return undefined
}

/**
 * Reads the ids with some steps on the CPU and the others on the GPU.
 * @param isOnCpu by a step's name: `embed`, `layer 3: attend`, `layer 3: evict`, `logits` …
 * @returns (vocabulary): the last token's logits
 */
export async function logitsWith(
  engine: Engine,
  model: ReferenceModel,
  ids: Uint32Array,
  isOnCpu: (step: string) => boolean,
): Promise<Float32Array> {
  let last: Step | undefined
  for (const step of stepsOf(engine, model, ids)) {
    if (isOnCpu(step.name)) {
      const arrays = await readStep(engine, step, step.reads)
      step.compute(arrays)
      writeStep(engine, step, arrays)
    } else {
      step.record()
      engine.recorder.submit()
    }
    last = step
  }
  if (last === undefined) throw new Error('there is nothing to read')
  return (await readStep(engine, last, ['logits'])).logits
}

/** Largest |a − b| ÷ (1 + |b|). */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const far = farthest(a, b, 0)
  return far === undefined ? 0 : errorOf(far.got, far.expected)
}

/** All steps, chunk by chunk. A chunk must fit into one block, and weights and cache must be stored in f32. */
function* stepsOf(engine: Engine, model: ReferenceModel, ids: Uint32Array): Generator<Step, void> {
  const { block, settings } = engine.plan
  const { chunk, storage } = settings
  if (chunk > block) throw new Error(`a chunk of ${chunk} is longer than a block of ${block}`)
  if (storage.weights !== 'f32' || storage.cache !== 'f32')
    throw new Error('the reference computes in f32: weights and cache must be stored in it')
  clearCache(engine)
  for (let begin = 0; begin < ids.length; begin += chunk) {
    const rows = ids.slice(begin, begin + chunk)
    const isLast = begin + chunk >= ids.length
    for (const step of stepsOfChunk(engine, model, rows, isLast)) {
      yield { ...step, chunk: begin / chunk + 1, rows: rows.length }
    }
  }
}

/** What stands behind a `yield` happens once the step is done. */
function* stepsOfChunk(
  engine: Engine,
  model: ReferenceModel,
  ids: Uint32Array,
  isLast: boolean,
): Generator<Omit<Step, 'chunk' | 'rows'>, void> {
  const { gpu, plan, cache, scratch, policy, recorder } = engine
  const { settings } = plan
  yield {
    name: 'embed',
    reads: [],
    writes: ['residual', 'layerInputs'],
    record() {
      gpu.device.queue.writeBuffer(scratch.ids, 0, ids)
      writeTokenRows(engine, model, ids)
      embedTokens(engine, ids.length)
      makeLayerInputs(engine, ids.length, undefined)
    },
    compute(arrays) {
      const { hidden, embeddingScale } = plan.model
      arrays.residual = embed(ids, model.embedding, hidden, embeddingScale)
      arrays.layerInputs = layerInputsOf(model, ids, arrays.residual)
    },
  }

  const opens = cache.seen === 0
  const pass = { count: ids.length, before: 0, after: 0, opens, scored: true }
  const mean = meanSlots(engine, pass)
  for (const [index, kind] of plan.model.kinds.entries()) {
    const owner = plan.model.attention[index]?.keysOf ?? index
    for (const name of stepsOfLayer[kind]) {
      const { reads, writes, units, state } = layerArrays[name]
      yield {
        name: `layer ${index}: ${name}`,
        ...(units ? { layer: owner } : {}),
        ...(state ? { state } : {}),
        index,
        reads,
        writes,
        record: () => runStep(anyLayerOf(engine, index, pass, mean), name),
        compute(arrays) {
          const firstSlots = arrays.cache.heads.map(({ occupied }) => occupied)
          const block = { rows: ids.length, firstSlots, firstOrigin: cache.seen }
          twinOf(kind, name)(Object.assign(arrays, { index, model, settings, block }))
        },
      }
    }
  }

  if (policy.afterLayers) {
    // scores by logits, which have no twin here
    for (const _ of policy.afterLayers(engine, pass)) recorder.submit()
    projectLogits(engine, ids.length - 1)
  }
  advance(engine, pass)

  for (const [index, { heads }] of cache.layers.entries()) {
    if (heads.length === 0) continue
    const shrinking = shrinkingOf(plan, index, heads, isLast)
    yield {
      name: `layer ${index}: evict`,
      layer: index,
      reads: [],
      writes: [],
      record: () =>
        evict(engine, (layer, _, kvHead) => (layer === index ? shrinking[kvHead] : undefined)),
      compute(arrays) {
        const caches: LayerCache[] = []
        caches[index] = arrays.cache
        const state = { model, settings, caches, seen: cache.seen, nextLogits: undefined }
        evictReference({ ...state, margin: Infinity }, index, shrinking)
      },
    }
  }
  if (!isLast) return
  yield {
    name: 'logits',
    reads: ['residual'],
    writes: ['logits'],
    record: () => projectLogits(engine, ids.length - 1),
    compute(arrays) {
      arrays.logits = lastLogits(model, arrays.residual)
    },
  }
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

function farthest(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: number,
): Pick<Parting, 'index' | 'got' | 'expected'> | undefined {
  if (got.length !== expected.length) {
    const index = Math.min(got.length, expected.length)
    return { index, got: got.length, expected: expected.length }
  }
  let worst = allowed
  let found: Pick<Parting, 'index' | 'got' | 'expected'> | undefined
  for (let index = 0; index < expected.length; index++) {
    const [a, b] = [at(got, index), at(expected, index)]
    if (a === b) continue // also for infinite scores
    const error = errorOf(a, b)
    if (error <= worst) continue
    worst = Number.isNaN(error) ? Infinity : error
    found = { index, got: a, expected: b }
  }
  return found
}

function errorOf(got: number, expected: number): number {
  return Math.abs(got - expected) / (1 + Math.abs(expected))
}
