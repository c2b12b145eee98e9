// How large each scratch buffer is.
import { needs, type Need } from '../api/policies.ts'
import { deltaWithinValues } from '../kernels/delta_net.ts'
import { fewTokens } from '../kernels/few_tokens.ts'
import { logProbsBytes } from '../kernels/log_prob_words.ts'
import { mostEvicting } from '../kernels/most_evicting.ts'
import { spansOf } from '../kernels/token_span.ts'
import { deltaWidths } from '../model/delta_net_shape.ts'
import { hasConvolutions, hasOutputGates } from '../model/layer_kinds.ts'
import { layerInputValues } from '../model/layer_input_weights.ts'
import { inLayer, mostInLayers } from '../model/layer_shape.ts'
import { padded } from '../model/matrix.ts'
import { qkvValues } from '../model/stacked.ts'
import { budgetsDiffer } from './allocation.ts'
import {
  mostLayerSlots,
  paddedHead,
  slotWordsBytes,
  sumOf,
  turnedBytes,
  type Capacities,
} from './cache_bytes.ts'
import { mayGateInParts } from './gate_parts.ts'
import type { Plan } from './plan.ts'
import { ropeTableBytes, rotaries } from './rope_table.ts'

/** Rows of logits that exist at once where every token's are wanted. */
export const tileRows = 64

export type ScratchName =
  | 'ids'
  | 'residual'
  | 'normed'
  | 'qkv'
  | 'attended'
  | 'lse'
  | 'gateUp'
  | 'gated'
  | 'gates'
  | 'convolved'
  | 'mixed'
  | 'within'
  | 'readout'
  | 'outputGates'
  | 'retaining'
  | 'logits'
  | 'tileLogits'
  | 'surprisals'
  | 'slotValues'
  | 'thresholds'
  | 'kept'
  | 'badNumbers'
  | 'ones'
  | 'logProbs'
  | 'ropeTables'
  | 'tokenRows'
  | 'layerInputs'
  | 'inputGate'

/** Bytes of the buffers that every block and every decode step reuses, by name; axes as in scratch.ts. */
export function scratchBytes(plan: Plan): Record<ScratchName, number> {
  const { model, settings, longestBlock: block, retainingWidth, capacities } = plan
  const { hidden, heads, vocabulary, layerInputWidth = 0 } = model
  const rows = (width: number) => 4 * block * padded(width)
  const net = model.deltaNet && deltaWidths(model.deltaNet)
  const feedForward = mostInLayers(model, (own) => own.feedForward)
  const where = (need: Need, bytes: number) => (needs(settings.policy.name, need) ? bytes : 16)
  return {
    ids: 4 * block,
    residual: rows(hidden),
    normed: rows(hidden),
    qkv: rows(mostInLayers(model, (_, layer) => qkvValues(model, layer))),
    attended: rows(mostInLayers(model, ({ headSize }) => heads * headSize)),
    lse: 4 * block * heads,
    gateUp: mayGateInParts(model, settings) || budgetsDiffer(plan) ? rows(2 * feedForward) : 16,
    gated: rows(feedForward),
    gates: hasConvolutions(model) ? rows(3 * hidden) : 16,
    convolved: hasConvolutions(model) ? rows(hidden) : net ? rows(net.channels) : 16,
    mixed: net ? rows(net.mixed) : 16,
    within: model.deltaNet ? 4 * deltaWithinValues(model.deltaNet, block) : 16,
    readout: net ? rows(net.values) : 16,
    outputGates: hasOutputGates(model)
      ? rows(mostInLayers(model, ({ headSize }) => heads * headSize))
      : 16,
    retaining: retainingWidth === 0 ? 16 : rows(retainingWidth),
    logits: 4 * fewTokens * padded(vocabulary),
    tileLogits: where('all logits', 4 * Math.min(tileRows, block) * padded(vocabulary)),
    surprisals: where('all logits', 4 * block),
    slotValues: where('slot values', 4 * mostLayerSlots(capacities)),
    thresholds: 8 * mostEvicting(model),
    kept: settings.policy.name === 'full' ? 16 : slotWordsBytes(capacities),
    badNumbers: 4,
    ones: 8 * mostInLayers(model, ({ headSize }) => headSize),
    logProbs: logProbsBytes,
    ropeTables: [...rotaries(model).values()].reduce((sum, size) => sum + ropeTableBytes(size), 0),
    tokenRows: layerInputWidth === 0 ? 16 : rows(layerInputValues(model)),
    layerInputs: layerInputWidth === 0 ? 16 : rows(layerInputValues(model)),
    inputGate: layerInputWidth === 0 ? 16 : rows(layerInputWidth),
  }
}

/** Bytes of attention's scratch that grows with the slots there are, by name; axes as in scratch.ts. */
export function slotScratchBytes(
  { model, settings }: Pick<Plan, 'model' | 'settings'>,
  capacities: Capacities,
): { turned: number; spanStats: number; spanOutputs: number } {
  const slots = capacities.map(sumOf)
  const rows = capacities.map((layer, index) => {
    const { heads, kvHeads } = inLayer(model, index)
    return (fewTokens * sumOf(layer.map(spansOf)) * heads) / kvHeads
  })
  const most = (valueOf: (headSize: number, layer: number) => number) =>
    mostInLayers(model, ({ headSize }, layer) => valueOf(headSize, layer))
  return {
    turned: most((size, layer) => (slots[layer] ?? 0) * turnedBytes(size, settings.storage.cache)),
    spanStats: 8 * most((_, layer) => rows[layer] ?? 0),
    spanOutputs: 4 * most((size, layer) => (rows[layer] ?? 0) * paddedHead(size)),
  }
}
