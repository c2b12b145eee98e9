// One layer of one pass: the data that forward.ts and the policies record kernels with.
import type { LayerCache } from '../cache/cache.ts'
import type { Recorder } from '../gpu/recorder.ts'
import type { LayerAttention, ModelDescription } from '../model/description.ts'
import type { LayerWeights } from '../model/weights.ts'
import type { Policy } from '../policies/policy.ts'
import type { KernelSet } from './kernel_set.ts'
import type { Scratch, Spans } from './scratch.ts'
import type { Settings } from './settings.ts'

/** The tokens of a pass in one layer: row r goes to slot firstSlot + r with origin firstOrigin + r. */
export interface Rows {
  readonly count: number
  readonly firstSlot: number
  readonly firstOrigin: number
}

export interface Layer {
  readonly index: number
  readonly model: ModelDescription
  /** how this layer looks back */
  readonly attention: LayerAttention
  readonly settings: Settings
  readonly weights: LayerWeights
  readonly cache: LayerCache
  /** (slot): see Cache */
  readonly slotPositions: GPUBuffer
  readonly policy: Pick<Policy, 'score' | 'observe'>
  readonly rows: Rows
  readonly recorder: Recorder
  readonly kernels: KernelSet
  readonly scratch: Scratch
  /** (digit, value, pair) of (cos, sin): this layer's rotation */
  readonly turns: GPUBuffer
  readonly spans: Spans
}
