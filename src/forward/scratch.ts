// The buffers that every block and every decode step reuses. Rows are padded to multiples of 32 values. The padding is
// zero from allocation on and never written.
import type { ModelDescription } from '../api/description.ts'
import { layerInputValues } from '../model/layer_input_weights.ts'
import { inLayer } from '../model/layer_shape.ts'
import { qkvValues } from '../model/stacked.ts'
import { deltaWidths } from '../model/delta_net_shape.ts'
import { slotWords, type Capacities } from '../plan/cache_bytes.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Stretch } from '../gpu/stretch.ts'
import { reachOf, type Plan } from '../plan/plan.ts'
import { ropeTable, rotaries } from '../plan/rope_table.ts'
import { scratchBytes, slotScratchBytes, type ScratchName } from '../plan/scratch_bytes.ts'

export interface Scratch {
  /** (row), u32: token ids of the block; the rows of a decode step also hold the tokens just sampled */
  readonly ids: GPUBuffer
  /** (row, hidden) */
  readonly residual: GPUBuffer
  /** (row, hidden) */
  readonly normed: GPUBuffer
  /** (row, q · k · v) before rotation */
  readonly qkv: GPUBuffer
  /** (row, heads · headSize) */
  readonly attended: GPUBuffer
  /** (row, head): log Σ exp(attention score), from which column_stats recomputes shares */
  readonly lse: GPUBuffer
  /** (row, 2 · feedForward), where one of these matrices may be split; attention that is split writes here too */
  readonly gateUp: GPUBuffer
  /** (row, feedForward) */
  readonly gated: GPUBuffer
  /** (row, [input gate; output gate; value]) of a short convolution */
  readonly gates: GPUBuffer
  /** (row, channels): what a convolution makes of them, or of q, k and v of a delta net */
  readonly convolved: GPUBuffer
  /** (row, [q; k; v; output gate; β; decay]) of a gated delta net */
  readonly mixed: GPUBuffer
  /** what the tokens of a chunk of a delta net change in one another, see delta_within */
  readonly within: GPUBuffer
  /** (row, value heads · value size): what tokens read from a delta net's state */
  readonly readout: GPUBuffer
  /** (row, heads · headSize): gates of attention's output */
  readonly outputGates: GPUBuffer
  /** (row, d_R): hidden layer of the retaining head */
  readonly retaining: GPUBuffer
  /** (row of a decode step, vocabulary) */
  readonly logits: GPUBuffer
  /** (row of a tile, vocabulary): logits of several rows, for policies that need every token's */
  readonly tileLogits: GPUBuffer
  /** (row): −log of the token's probability, for the same policies */
  readonly surprisals: GPUBuffer
  /** (kv head, slot): one more value per slot, for policies that need it */
  readonly slotValues: GPUBuffer
  /** (evicting kv head of any layer) of (key, ties to drop) */
  readonly thresholds: GPUBuffer
  /** (layer, kv head, slot): slot that each survivor comes from; lies as the scores of the cache do */
  readonly kept: GPUBuffer
  /** (layer): its own stretch of `kept` */
  readonly keptOfLayers: readonly Stretch[]
  /** (1), u32: what was noted of bad numbers since a reading began, see note_bad_numbers */
  readonly badNumbers: GPUBuffer
  /** (place) of [id; bits of its log-probability]: the token that a step chose, then the likeliest, see token_log_probs */
  readonly logProbs: GPUBuffer
  /** (row, layer · layerInputWidth): the tokens' rows of the table of layer inputs */
  readonly tokenRows: GPUBuffer
  /** (row, layer · layerInputWidth): what every layer is given for a token */
  readonly layerInputs: GPUBuffer
  /** (row, layerInputWidth) */
  readonly inputGate: GPUBuffer
  /** (2 · head size), f32: ones, in the place of the weights of head norms that act elsewhere or are not there */
  readonly ones: GPUBuffer
  /** (layer): (digit, value, pair) of (cos, sin); layers with the same rotary embedding hold the same buffer, others none */
  readonly ropeTables: readonly (GPUBuffer | undefined)[]
}

/** Attention's scratch that grows with the slots there are. */
export interface SlotScratch {
  /** (kv head, slot, padded head size): a layer's keys rotated to their positions, f16 over a cache in f16, else f32 */
  readonly turned: GPUBuffer
  /** attend_token's partial results: (token, span of a KV head, head of its group) of (maximum score, sum of shares) */
  readonly spanStats: GPUBuffer
  /** the same: (token, span of a KV head, head of its group, padded head size) */
  readonly spanOutputs: GPUBuffer
}

/** Values in a row of what the steps of a layer write, without padding. */
export function rowWidths(model: ModelDescription, layer: number) {
  const { hidden, heads, headSize, feedForward, vocabulary, deltaNet } = inLayer(model, layer)
  const ofDeltaNet = deltaNet && deltaWidths(deltaNet)
  return {
    residual: hidden,
    qkv: qkvValues(model, layer),
    attended: heads * headSize,
    gated: feedForward,
    gates: 3 * hidden,
    convolved: ofDeltaNet?.channels ?? hidden,
    mixed: ofDeltaNet?.mixed ?? 0,
    readout: ofDeltaNet?.values ?? 0,
    logits: vocabulary,
    layerInputs: layerInputValues(model),
  }
}

export function allocateScratch(gpu: Gpu, plan: Plan): Scratch {
  const bytes = scratchBytes(plan)
  const allocate = (name: ScratchName) => gpu.memory.allocate('scratch', name, bytes[name])
  const kept = allocate('kept')
  const ones = allocate('ones')
  gpu.device.queue.writeBuffer(ones, 0, new Float32Array(bytes.ones / 4).fill(1))
  return {
    ids: allocate('ids'),
    residual: allocate('residual'),
    normed: allocate('normed'),
    qkv: allocate('qkv'),
    attended: allocate('attended'),
    lse: allocate('lse'),
    gateUp: allocate('gateUp'),
    gated: allocate('gated'),
    gates: allocate('gates'),
    convolved: allocate('convolved'),
    mixed: allocate('mixed'),
    within: allocate('within'),
    readout: allocate('readout'),
    outputGates: allocate('outputGates'),
    retaining: allocate('retaining'),
    logits: allocate('logits'),
    tileLogits: allocate('tileLogits'),
    surprisals: allocate('surprisals'),
    slotValues: allocate('slotValues'),
    thresholds: allocate('thresholds'),
    kept,
    keptOfLayers: slotWords(plan.capacities).map((stretch) => ({ buffer: kept, ...stretch })),
    badNumbers: allocate('badNumbers'),
    logProbs: allocate('logProbs'),
    tokenRows: allocate('tokenRows'),
    layerInputs: allocate('layerInputs'),
    inputGate: allocate('inputGate'),
    ones,
    ropeTables: allocateRopeTables(gpu, plan),
  }
}

function allocateRopeTables(gpu: Gpu, plan: Plan): Scratch['ropeTables'] {
  const buffers = new Map(
    [...rotaries(plan.model)].map(([rotary, headSize]) => {
      const table = ropeTable(headSize, rotary, reachOf(plan))
      const buffer = gpu.memory.allocate('scratch', 'ropeTables', table.byteLength)
      gpu.device.queue.writeBuffer(buffer, 0, table)
      return [rotary, buffer]
    }),
  )
  return plan.model.attention.map((own) => own && buffers.get(own.rotary))
}

export function allocateSlotScratch(gpu: Gpu, plan: Plan, capacities: Capacities): SlotScratch {
  const bytes = slotScratchBytes(plan, capacities)
  return {
    turned: gpu.memory.allocate('scratch', 'turned keys', bytes.turned),
    spanStats: gpu.memory.allocate('scratch', 'span stats', bytes.spanStats),
    spanOutputs: gpu.memory.allocate('scratch', 'span outputs', bytes.spanOutputs),
  }
}

export function freeSlotScratch(gpu: Gpu, { turned, spanStats, spanOutputs }: SlotScratch): void {
  for (const buffer of [turned, spanStats, spanOutputs]) gpu.memory.free(buffer)
}
