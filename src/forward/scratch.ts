// The buffers that every block and every decode step reuses. Rows are padded to multiples of 32 values. The padding is
// zero from allocation on and never written.
import type { ModelDescription } from '../api/description.ts'
import type { Capacities } from '../plan/cache_bytes.ts'
import type { Gpu } from '../gpu/device.ts'
import {
  reachOf,
  scratchBytes,
  slotScratchBytes,
  type Plan,
  type ScratchName,
} from '../plan/plan.ts'
import { ropeTable } from '../plan/rope_table.ts'

export interface Scratch {
  /** (row), u32: token ids of the block; row 0 also holds the token just sampled */
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
  /** (row, 2 · feedForward) */
  readonly gateUp: GPUBuffer
  /** (row, feedForward) */
  readonly gated: GPUBuffer
  /** (row, d_R): hidden layer of the retaining head */
  readonly retaining: GPUBuffer
  /** (vocabulary) */
  readonly logits: GPUBuffer
  /** (row of a tile, vocabulary): logits of several rows, for policies that need every token's */
  readonly tileLogits: GPUBuffer
  /** (row): −log of the token's probability, for the same policies */
  readonly surprisals: GPUBuffer
  /** (kv head, slot): one more value per slot, for policies that need it */
  readonly slotValues: GPUBuffer
  /** (kv head) of (key, ties to drop) */
  readonly thresholds: GPUBuffer
  /** (kv head, slot): slot that each survivor comes from */
  readonly kept: GPUBuffer
  /** (1), u32: what was noted of bad numbers since a reading began, see note_bad_numbers */
  readonly badNumbers: GPUBuffer
  /** (layer): (digit, value, pair) of (cos, sin); layers with the same rotary embedding hold the same buffer */
  readonly ropeTables: readonly GPUBuffer[]
}

/** Attention's scratch that grows with the slots there are. */
export interface SlotScratch {
  /** (kv head, slot, padded head size): a layer's keys rotated to their positions, f16 over a cache in f16, else f32 */
  readonly turned: GPUBuffer
  /** attend_token's partial results: (span of a KV head, head of its group) of (maximum score, sum of shares) */
  readonly spanStats: GPUBuffer
  /** the same: (span of a KV head, head of its group, padded head size) */
  readonly spanOutputs: GPUBuffer
}

/** Values in a row of what the steps of the forward pass write, without padding. */
export function rowWidths({
  hidden,
  heads,
  kvHeads,
  headSize,
  feedForward,
  vocabulary,
}: ModelDescription) {
  return {
    residual: hidden,
    qkv: (heads + 2 * kvHeads) * headSize,
    attended: heads * headSize,
    gated: feedForward,
    logits: vocabulary,
  }
}

export function allocateScratch(gpu: Gpu, plan: Plan): Scratch {
  const bytes = scratchBytes(plan)
  const allocate = (name: ScratchName) => gpu.memory.allocate('scratch', name, bytes[name])
  return {
    ids: allocate('ids'),
    residual: allocate('residual'),
    normed: allocate('normed'),
    qkv: allocate('qkv'),
    attended: allocate('attended'),
    lse: allocate('lse'),
    gateUp: allocate('gateUp'),
    gated: allocate('gated'),
    retaining: allocate('retaining'),
    logits: allocate('logits'),
    tileLogits: allocate('tileLogits'),
    surprisals: allocate('surprisals'),
    slotValues: allocate('slotValues'),
    thresholds: allocate('thresholds'),
    kept: allocate('kept'),
    badNumbers: allocate('badNumbers'),
    ropeTables: allocateRopeTables(gpu, plan),
  }
}

function allocateRopeTables(gpu: Gpu, plan: Plan): readonly GPUBuffer[] {
  const { headSize, attention } = plan.model
  const tables = new Map(
    attention.map(({ rotary }) => [rotary, ropeTable(headSize, rotary, reachOf(plan))]),
  )
  const buffers = new Map(
    [...tables].map(([rotary, table]) => {
      const buffer = gpu.memory.allocate('scratch', 'ropeTables', table.byteLength)
      gpu.device.queue.writeBuffer(buffer, 0, table)
      return [rotary, buffer]
    }),
  )
  return attention.flatMap(({ rotary }) => buffers.get(rotary) ?? [])
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
