// A block of tokens through all layers, and the logits of its last row.
import { capped } from './cap.ts'
import { embed } from './embed.ts'
import { runLayer } from './layer.ts'
import { layerInputs } from './layer_inputs.ts'
import { occupiedOf, type LayerCache, type ReferenceModel } from './model.ts'
import { rmsNorm } from './rms_norm.ts'
import type { Block, ReadingSettings } from './policies.ts'
import { project } from './project.ts'
import { surprisal } from './surprisal.ts'

/** The state of reading and answering. */
export interface State {
  readonly model: ReferenceModel
  readonly settings: ReadingSettings
  /** (layer) */
  readonly caches: readonly LayerCache[]
  /** tokens that have gone through the model */
  seen: number
  /** logits after the last token, for policies that use them; undefined where a text begins */
  nextLogits: Float32Array | undefined
  /** the smallest margin of all evictions so far, see `margin` */
  margin: number
  /** called in every layer once its new units are in the cache */
  readonly watch?: Watch | undefined
}

/** @param qkv (rows, (heads + 2·kvHeads) · headSize) = [q; k; v] before rotation */
export type Watch = (layerIndex: number, qkv: Float32Array, cache: LayerCache, block: Block) => void

/**
 * Appends the tokens to the caches.
 * @param ids (rows)
 * @returns the residual stream after the last layer (rows, hidden)
 */
export function forward(state: State, ids: Uint32Array): Float32Array {
  const { model, settings, caches } = state
  const { hidden, embeddingScale } = model.description
  const residual = embed(ids, model.embedding, hidden, embeddingScale)
  const inputs = layerInputsOf(model, ids, residual)
  caches.forEach((own, layerIndex) => {
    const cache = caches[model.description.attention[layerIndex]?.keysOf ?? layerIndex] ?? own
    const block = { rows: ids.length, firstSlots: occupiedOf(cache), firstOrigin: state.seen }
    runLayer(residual, cache, block, layerIndex, model, settings, inputs, state.watch)
  })
  for (const { heads } of caches) for (const head of heads) head.occupied += ids.length
  if (settings.policy.name === 'sirllm') rate(state, ids, residual)
  state.seen += ids.length
  return residual
}

/** (rows, layers · layerInputWidth); empty in models without */
export function layerInputsOf(
  { description, layerInputs: weights }: ReferenceModel,
  ids: Uint32Array,
  embedded: Float32Array,
): Float32Array {
  if (!weights) return new Float32Array()
  const { table, projection, norm } = weights
  const rows = embed(ids, table, projection.length / description.hidden, 1)
  const projected = project(embedded, projection, description.hidden)
  return layerInputs(projected, rows, norm, description)
}

/** SirLLM's scores, the same in every layer and head. A token without a prediction before it gets the highest. */
function rate(state: State, ids: Uint32Array, residual: Float32Array): void {
  const { hidden } = state.model.description
  ids.forEach((id, row) => {
    const score = state.nextLogits ? surprisal(state.nextLogits, id) : Infinity
    for (const { scores, heads } of state.caches) {
      for (const { offset, occupied } of heads) scores[offset + occupied - ids.length + row] = score
    }
    state.nextLogits = lastLogits(state.model, residual.subarray(0, (row + 1) * hidden))
  })
}

/**
 * @param residual (rows, hidden)
 * @returns (vocabulary)
 */
export function lastLogits(model: ReferenceModel, residual: Float32Array): Float32Array {
  const { hidden, normEpsilon, logitCap } = model.description
  const last = residual.subarray(residual.length - hidden)
  const logits = project(rmsNorm(last, model.finalNorm, normEpsilon), model.output, hidden)
  return logits.map((logit) => capped(logit, logitCap))
}
