// How a document is read: what can be chosen, by whoever calls, and what came of it.
export const policyNames = [
  'locret',
  'streaming',
  'window',
  'knorm',
  'keydiff',
  'snapkv',
  'h2o',
  'tova',
  'sirllm',
  'lococo',
  'locret+lococo',
  'random',
  'full',
] as const

export type PolicyName = (typeof policyNames)[number]

/**
 * `by-head` deals the whole budget out by the shares; `ada-kv` does so inside each layer, whose mean stays the budget (Ada-KV,
 * arXiv 2407.11550).
 */
export const allocations = ['even', 'pyramid', 'by-head', 'ada-kv'] as const

export type Allocation = (typeof allocations)[number]

/** How keys and values are stored: as they are, or in codes of 8 or 4 bits (shaders/common/rows_int8.wgsl, rows_int4.wgsl). */
export const cacheStorages = ['f32', 'f16', 'int8', 'int4'] as const

export type CacheStorage = (typeof cacheStorages)[number]

/** How matrices are stored: as they are, or in blocks of 32 codes of 8 or 4 bits (model/quantize.ts). */
export const weightStorages = ['f16', 'f32', 'q8', 'q4'] as const

export type WeightStorage = (typeof weightStorages)[number]

/** What a key's rotary position is: its slot, or its place in the document. */
export const positionKinds = ['slot', 'original'] as const

export type PositionKind = (typeof positionKinds)[number]

export interface Settings {
  readonly policy: PolicyName
  /** units kept per layer and KV head after each eviction; where they are dealt out unevenly, in the mean */
  readonly budget: number
  /** document tokens read between two evictions */
  readonly chunk: number
  /**
   * newest units that an eviction spares, except after the last chunk; by default the share of the budget that the heads'
   * file asks for, or the policy's own (Locret's 2500 of 6000)
   */
  readonly stabilizers: number
  /** oldest units that an eviction spares */
  readonly sinks: number
  /**
   * share of the budget kept as it is where the policy merges; the rest is for merged slots. Above 0, at most 1; by default
   * what the compressor's slots leave
   */
  readonly keptShare: number
  /** units beyond the budget before an eviction is made at all */
  readonly burst: number
  /**
   * neighbours on either side in the chunk whose learned score a token takes where it is higher: 0 (Locret) or 2 (APB); by
   * default what the heads' file says, or 0
   */
  readonly pool: number
  /**
   * how the budget is dealt out over layers and KV heads: `even`, `pyramid`, and by the shares that come in a heads' file
   * `by-head` and `ada-kv`. By default `by-head` where the file has shares, or `even`
   */
  readonly allocation: Allocation
  /** last tokens of a plain prompt that are never evicted */
  readonly local: number
  /** slots beyond budget + chunk, for question and answer */
  readonly tail: number
  /** a key's rotary position: its slot (official Locret) or its index in the document */
  readonly positions: PositionKind
  /** how matrices are stored on the GPU: q8 and q4 in blocks of 32; arithmetic is f32 always */
  readonly weights: WeightStorage
  /**
   * how keys and values are stored: in codes of 8 or 4 bits per token and KV head only if asked for; by default halves,
   * unless the whole cache is small enough for exact ones
   */
  readonly cache: CacheStorage
  /** of the `random` policy's scores */
  readonly seed: number
}
