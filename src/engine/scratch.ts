// The buffers that every block and every decode step reuses. Rows are padded to multiples of 32 values; the padding is
// zero from the start and nobody writes it.
import type { Gpu } from '../gpu/device.ts'
import { scratchBytes, spanBytes, type Plan } from './plan.ts'
import { turnTable } from './turns.ts'

export interface Scratch {
  /** (row), u32: token ids of the block; row 0 is also the token just chosen */
  readonly ids: GPUBuffer
  /** (row, hidden) */
  readonly residual: GPUBuffer
  /** (row, hidden) */
  readonly normed: GPUBuffer
  /** (row, q · k · v) before rotation */
  readonly qkv: GPUBuffer
  /** (row, heads · headSize) */
  readonly attended: GPUBuffer
  /** (row, head): log Σ exp(attention score), by which column_stats gets shares back */
  readonly logSums: GPUBuffer
  /** (row, 2 · feedForward) */
  readonly gateUp: GPUBuffer
  /** (row, feedForward) */
  readonly gated: GPUBuffer
  /** (row, d_R): hidden layer of the retaining head */
  readonly retaining: GPUBuffer
  /** (vocabulary) */
  readonly logits: GPUBuffer
  /** (kv head) of (key, ties that go) */
  readonly thresholds: GPUBuffer
  /** (digit, value, pair) of (cos, sin) */
  readonly turns: GPUBuffer
}

/** attend_token's partial results, for as many spans as the cache has. */
export interface Spans {
  /** (span, head) of (top score, sum of shares) */
  readonly stats: GPUBuffer
  /** (span, head, padded head size) */
  readonly outputs: GPUBuffer
}

export function allocateScratch(gpu: Gpu, plan: Plan): Scratch {
  const bytes = scratchBytes(plan)
  const allocate = (name: keyof Scratch) => gpu.memory.allocate('scratch', name, bytes[name])
  const turns = allocate('turns')
  gpu.device.queue.writeBuffer(turns, 0, turnTable(plan.model))
  return {
    ids: allocate('ids'),
    residual: allocate('residual'),
    normed: allocate('normed'),
    qkv: allocate('qkv'),
    attended: allocate('attended'),
    logSums: allocate('logSums'),
    gateUp: allocate('gateUp'),
    gated: allocate('gated'),
    retaining: allocate('retaining'),
    logits: allocate('logits'),
    thresholds: allocate('thresholds'),
    turns,
  }
}

export function allocateSpans(gpu: Gpu, plan: Plan, capacity: number): Spans {
  const bytes = spanBytes(plan.model, capacity)
  return {
    stats: gpu.memory.allocate('scratch', 'span stats', bytes.stats),
    outputs: gpu.memory.allocate('scratch', 'span outputs', bytes.outputs),
  }
}
