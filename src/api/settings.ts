// How a document is read: what can be chosen, by whoever calls, and what came of it.
import type { OwnSettings, PolicyName } from './policies.ts'

/** Names of all allocations. */
export const allocations = ['even', 'pyramid', 'by-head', 'ada-kv'] as const

/**
 * How a budget is dealt out over layers and KV heads. `even` gives each the same. `pyramid` gives lower layers more. `by-head`
 * deals the whole out by the shares of the heads' file. `ada-kv` does so inside each layer, whose mean stays the budget
 * (Ada-KV, arXiv 2407.11550).
 */
export type Allocation = (typeof allocations)[number]

/** Names of all ways to store keys and values. */
export const cacheStorages = ['f32', 'f16', 'int8', 'int4'] as const

/** How keys and values are stored: as numbers of 32 or 16 bits, or in codes of 8 or 4 bits with a range per token and KV head. */
export type CacheStorage = (typeof cacheStorages)[number]

/** Names of all ways to store weights. */
export const weightStorages = ['file', 'f16', 'f32', 'q8', 'q4'] as const

/**
 * How weights are stored. `file`: blocks of codes as the file has them, and numbers as 16 bits. Else all alike: as numbers of
 * 16 or 32 bits, or in blocks of 32 codes of 8 or 4 bits.
 */
export type WeightStorage = (typeof weightStorages)[number]

/** Names of all forms that one matrix may have on the GPU. */
export const matrixStorages = ['f16', 'f32', 'q8', 'q4', 'q5', 'q4_k', 'q5_k', 'q6_k'] as const

/**
 * The form of one matrix on the GPU. `q8`, `q4` and `q5` are blocks of 32 codes with a scale and, of the last two, a minimum.
 * `q4_k`, `q5_k` and `q6_k` are the blocks of 256 of GGUF files (ggml's `ggml-quants.c`).
 */
export type MatrixStorage = (typeof matrixStorages)[number]

/** A form in codes: those that a file may already have. */
export type CodeStorage = Exclude<MatrixStorage, 'f16' | 'f32'>

/** Names of what a key's rotary position can be. */
export const positionKinds = ['slot', 'original'] as const

/** What a key's rotary position is: its slot (official Locret), or its index in the document. */
export type PositionKind = (typeof positionKinds)[number]

/** Names of what an answer may be looked up in. */
export const recalls = ['none', 'units', 'passages'] as const

/**
 * What an answer sees of a document. `none`: what the policy kept. `units`: the units that its question scores highest among all
 * that were read. `passages`: the stretches of text that hold its question's words, read again in place of the document. Both
 * stand in the document's own slots and are kept outside the GPU.
 */
export type Recall = (typeof recalls)[number]

/** How an eviction chooses what stays. A setting that only some policies read is there under those alone. */
export interface PolicySettings extends OwnSettings {
  /** The policy. Default: `locret` where the model has retaining heads, else `streaming`. */
  readonly name: PolicyName
  /**
   * Newest units that an eviction spares, except after the last chunk. Default: the share of the budget that the heads' file
   * asks for, 0 under `lococo` and `locret+lococo`, else 2500/6000 of the budget.
   */
  readonly stabilizers: number
  /**
   * Oldest units that an eviction spares. Default: 4, as far as the budget has room for them; 0 under `locret`, `window`,
   * `lococo`, `locret+lococo`, `random` and `full`.
   */
  readonly sinks: number
}

/** How numbers are stored on the GPU; arithmetic is f32 always. */
export interface StorageSettings {
  /**
   * How weights are stored. Default: `file` where the file has blocks of codes; else `q8` where they would take more than 256 MB
   * as `f16`, and `f16` below that.
   */
  readonly weights: WeightStorage
  /**
   * How keys and values are stored. Default: `f32` where the weights are `f32` or the whole cache takes at most 16 MB that
   * way, else `f16`.
   */
  readonly cache: CacheStorage
}

/**
 * How a document is read. A unit is the key and value of one token in one layer and KV head. Defaults follow the official
 * Locret setting (budget 6000, chunk 3072), scaled so that every slot lies within the positions that the model was trained for.
 */
export interface Settings {
  /**
   * Units kept per layer and KV head after each eviction, at least 1; the mean where they are dealt out unevenly. Default:
   * 6000/9072 of the slots beside the tail, at most 9,728 slots and at most the model's positions. Where the heads' file deals
   * the budget out, it is at most a quarter of those positions.
   */
  readonly budget: number
  /** Units beyond the budget before an eviction is made at all. Default: 16 under `lococo` and `locret+lococo`, else 0. */
  readonly burst: number
  /** Document tokens read between two evictions, at least 1. Default: what budget and tail leave of those slots. */
  readonly chunk: number
  /**
   * Slots beyond budget + burst + chunk, for question and answer, at least 1. Default: a sixteenth of the slots, at least the
   * smaller of 256 and a quarter of them.
   */
  readonly tail: number
  /**
   * Last tokens of a document in `plain` form that are never evicted. Default: 100, or half of chunk + tail where that is
   * less.
   */
  readonly local: number
  /** A key's rotary position: its slot (official Locret) or its index in the document. Default: `slot`. */
  readonly positions: PositionKind
  /**
   * How the budget is dealt out over layers and KV heads. Default: `by-head` where the policy uses retaining heads and their
   * file has shares, else `even`.
   */
  readonly allocation: Allocation
  /**
   * What an answer sees of a document. Where it is not `none`, memory outside the GPU grows with the document:
   * `LongDocument.hostBytes`. Default: `none`.
   */
  readonly recall: Recall
  /**
   * Passages that an answer reads again at most, at least 1; only where `recall` is `passages`. Default: 4, or as many as
   * budget and chunk have room for.
   */
  readonly reread?: number
  /**
   * Log-odds, in nats, below which an answer from passages is called doubtful: the model is asked again whether they state it,
   * with them and without (`AnswerSummary.odds`). At least 0, which checks none; only where
   * `recall` is `passages`. Default: what was measured for the model (`KnownHeads.doubtBelow`), else 0.
   */
  readonly doubtBelow?: number
  /** How an eviction chooses what stays. */
  readonly policy: PolicySettings
  /** How weights and cache are stored. */
  readonly storage: StorageSettings
}

/** What was chosen of some settings. `undefined` is as good as left out. */
export type Chosen<Of> = { readonly [Name in keyof Of]?: Of[Name] | undefined }

/** The settings that were chosen; the others follow from the model and the files beside it. */
export interface SettingOverrides extends Chosen<Omit<Settings, 'policy' | 'storage'>> {
  /** A policy's name, or what was chosen of its settings. `undefined` by default. */
  readonly policy?: PolicyName | Chosen<PolicySettings> | undefined
  /** What was chosen of how weights and cache are stored. `undefined` by default. */
  readonly storage?: Chosen<StorageSettings> | undefined
}
