// The policies by name, and what can be told of each without running it. No kernel is named here: a page that only lists
// policies need not load any. How each scores and evicts is in policies/.

/** What the engine must load or compute for a policy. */
export type Need =
  | 'retaining heads'
  /** convolutions that merge slots */
  | 'compressor'
  /** what every slot got of the attention */
  | 'attention sums'
  /** room for one more value per KV head and slot */
  | 'slot values'
  /** keys in the cache as attention sees them, with the weights of their norm */
  | 'whole keys'
  /** rows that can be summed: a cache without codes */
  | 'plain rows'
  /** logits of every token */
  | 'all logits'

/** Settings that only some policies read. */
export interface OwnSettings {
  /**
   * Neighbours on either side in the chunk whose learned score a token takes where it is higher, 0 to 256: 0 is Locret's, 2
   * is APB's. Of policies with retaining heads. Default: what the heads' file says, or 0.
   */
  readonly pool?: number
  /**
   * Share of the budget that is kept unmerged, above 0 and at most 1. Of policies that merge. Default: what the compressor's
   * slots leave; without a compressor 0.5 under `lococo`, 0.875 under `locret+lococo`.
   */
  readonly keptShare?: number
  /**
   * Share of the unprotected budget that is drawn at random, 0 to 1; the rest goes to the highest scores. Of policy `nacl`.
   * Default: 7/19, as the source's 7 of 19 hundredths of the prompt.
   */
  readonly drawnShare?: number
  /** Seed of the random numbers of policies `random` and `nacl`. Default: 0. */
  readonly seed?: number
}

/** What can be told of a policy without running it. */
export interface PolicyTraits {
  /** What the engine must load or compute for it. */
  readonly needs: readonly Need[]
  /** Default of `PolicySettings.sinks`: as the policy's source has it, or 4. */
  readonly sinks: number
  /** Default of `PolicySettings.stabilizers`, as a share of the budget. Default: Locret's 2500 of 6000. */
  readonly stabilizers?: number
  /** The settings that it reads and others do not, and their defaults. Default: none. */
  readonly own?: OwnSettings
  /** Default of `Settings.burst`, in units. Default: 0. */
  readonly burst?: number
  /** Chooses the same tokens for all KV heads of a layer, whose budgets must then be alike. Default: it does not. */
  readonly alike?: true
  /** What it keeps, for a list to choose from. */
  readonly keeps: string
}

const traits = {
  locret: {
    needs: ['retaining heads'],
    sinks: 0,
    own: { pool: 0 },
    keeps: 'what learned heads score highest (Locret)',
  },
  streaming: { needs: [], sinks: 4, keeps: 'the beginning and the newest' },
  window: { needs: [], sinks: 0, keeps: 'the newest' },
  knorm: { needs: ['whole keys'], sinks: 4, keeps: 'the shortest keys (Knorm)' },
  keydiff: {
    needs: ['slot values', 'whole keys'],
    sinks: 4,
    keeps: 'keys unlike the others (KeyDiff)',
  },
  snapkv: {
    needs: ['attention sums'],
    sinks: 4,
    keeps: 'what a chunk’s last tokens look at (SnapKV)',
  },
  'kv-compress': {
    needs: ['attention sums'],
    sinks: 4,
    keeps: 'what a chunk’s last tokens look at sharply (KV-Compress)',
  },
  nacl: {
    needs: ['attention sums'],
    sinks: 4,
    stabilizers: 0.05,
    own: { drawnShare: 7 / 19, seed: 0 },
    keeps: 'what a chunk’s last tokens look at, and a random choice (NACL)',
  },
  h2o: {
    needs: ['attention sums', 'slot values'],
    sinks: 4,
    keeps: 'what all tokens so far looked at most (H2O)',
  },
  tova: {
    needs: ['attention sums'],
    sinks: 4,
    alike: true,
    keeps: 'what a chunk’s last token looks at (TOVA)',
  },
  sirllm: { needs: ['all logits'], sinks: 4, keeps: 'what the model did not expect (SirLLM)' },
  kvmerger: {
    needs: ['attention sums', 'slot values', 'plain rows', 'whole keys'],
    sinks: 4,
    keeps: 'neighbours with like keys, merged into one (KVMerger)',
  },
  lococo: {
    needs: ['attention sums', 'whole keys', 'compressor'],
    sinks: 0,
    stabilizers: 0,
    own: { keptShare: 0.5 },
    burst: 16,
    keeps: 'what is looked at most, the rest merged (LoCoCo)',
  },
  'locret+lococo': {
    needs: ['retaining heads', 'whole keys', 'compressor'],
    sinks: 0,
    stabilizers: 0,
    own: { pool: 0, keptShare: 0.875 },
    burst: 16,
    keeps: 'what learned heads score highest, the rest merged (Locret and LoCoCo)',
  },
  random: { needs: [], sinks: 0, own: { seed: 0 }, keeps: 'a random choice, to compare with' },
  full: { needs: [], sinks: 0, keeps: 'everything; memory grows' },
} as const satisfies Readonly<Record<string, PolicyTraits>>

/** How an eviction chooses what stays; `policyTraits` says what each keeps. */
export type PolicyName = keyof typeof traits

/** What can be told of each policy. */
export const policyTraits: Readonly<Record<PolicyName, PolicyTraits>> = traits

/** Names of all policies, in the order that a list shows them. */
export const policyNames = Object.keys(traits) as PolicyName[]

/**
 * Says whether a policy draws random numbers, which its seed decides.
 * @throws Nothing.
 */
export function draws(policy: PolicyName): boolean {
  return policyTraits[policy].own?.seed !== undefined
}

/**
 * Says whether a policy needs something to be loaded or computed.
 * @throws Nothing.
 */
export function needs(policy: PolicyName, need: Need): boolean {
  return policyTraits[policy].needs.includes(need)
}
