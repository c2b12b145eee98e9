// The settings of a reading engine, and their defaults scaled to the model; settings_rules.ts has the rules they must obey.
// Official values (Locret paper Table 4 and `infer.py`): Phi-3-mini budget 6000, chunk 3072, stabilizers 2500, local 100.
import type { ModelDescription } from '../api/description.ts'
import type { CacheStorage, Settings } from '../api/settings.ts'
import { slotBytes } from './cache_bytes.ts'
import type { Compressor } from '../model/compressor.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { dealsByShares } from './allocation.ts'
import { keptShareBeside } from './merging_shape.ts'
import { needs, policyTraits, type PolicyName } from '../api/policies.ts'
import { requireValid } from './settings_rules.ts'

/** What a heads' file asks for where the user does not say. */
export interface HeadsDefaults {
  /** see Settings; none by default */
  readonly pool?: number
  readonly shares?: Shares | undefined
  /** share of the budget, 0 … 1 */
  readonly stabilizers?: number | undefined
}

/** Slots beyond which the official Phi-3 setting (6000 + 3072, and some for question and answer) has no use for more. */
const officialSlots = 9_728

/** The default policy of models that come without retaining heads. */
export const policyWithoutHeads = 'streaming' satisfies PolicyName

/** Answer tokens that fit behind a plain prompt's tail before the answer starts to evict its own. */
const usualAnswerRoom = 64

/** Budgets that differ leave room for a head with so many times the mean. */
const headroom = 4

/**
 * The official proportions, scaled so that every slot position lies within what the model was trained for, and within the
 * window where every layer has one.
 * @param differing whether the budgets of KV heads differ: then the largest, and not the mean, must lie within
 * @throws Nothing.
 */
export function defaultSettings(
  model: ModelDescription,
  hasHeads: boolean,
  differing = false,
): Settings {
  const sight = Math.max(...model.attention.map(({ window }) => window ?? Infinity))
  const positions = Math.min(model.maxPositions, sight)
  const slots = Math.min(positions, officialSlots)
  const tail = Math.max(1, Math.floor(slots / 16), Math.min(256, Math.floor(slots / 4)))
  const alike = Math.max(1, Math.round(((slots - tail) * 6000) / 9072))
  const budget = differing ? Math.max(1, Math.min(alike, Math.floor(positions / headroom))) : alike
  const chunk = differing
    ? Math.max(1, Math.round((budget * 3072) / 6000))
    : Math.max(1, slots - tail - budget)
  const policy = hasHeads ? 'locret' : policyWithoutHeads
  return {
    policy,
    budget,
    chunk,
    stabilizers: stabilizersOf(policy, budget),
    sinks: policyTraits[policy].sinks,
    keptShare: policyTraits[policy].keptShare ?? 1,
    burst: policyTraits[policy].burst ?? 0,
    pool: 0,
    allocation: 'even',
    local: Math.min(100, Math.floor((chunk + tail) / 2)),
    tail,
    positions: 'slot',
    weights: 'f16',
    cache: 'f16',
    seed: 0,
  }
}

/** In the policy's own proportion, that of the heads' file, or Locret's. */
function stabilizersOf(policy: PolicyName, budget: number, ofFile?: number): number {
  const share = policyTraits[policy].stabilizers ?? ofFile
  return share === undefined ? Math.floor((budget * 2500) / 6000) : Math.floor(budget * share)
}

/** The policy's own, as far as stabilizers leave room for them and for one unit that is chosen. */
function sinksOf(policy: PolicyName, budget: number, stabilizers: number): number {
  return Math.max(0, Math.min(policyTraits[policy].sinks, budget - stabilizers - 1))
}

/** What the compressor leaves, or without one the policy's own. */
function keptShareOf(policy: PolicyName, budget: number, compressorSlots?: number): number {
  if (compressorSlots !== undefined && needs(policy, 'compressor'))
    return keptShareBeside(compressorSlots, policy, budget)
  return policyTraits[policy].keptShare ?? 1
}

/**
 * The user's overrides over the defaults. A budget without stabilizers gets them in the official proportion, a policy without
 * sinks its own; of `local` and `tail`, the one not chosen follows the other.
 * @param compressorSlots that the compressor merges into, which the kept share follows; undefined without
 * @param file what the heads' file asks for, where the policy goes by its heads
 * Throws LongtabError `bad-setting`.
 */
export function settle(
  overrides: Partial<Settings>,
  model: ModelDescription,
  hasHeads: boolean,
  compressorSlots?: number,
  file: HeadsDefaults = {},
): Settings {
  const policy = overrides.policy ?? (hasHeads ? 'locret' : policyWithoutHeads)
  const asked = needs(policy, 'retaining heads') ? file : {}
  const allocation = overrides.allocation ?? (asked.shares ? 'by-head' : 'even')
  const defaults = defaultSettings(model, hasHeads, dealsByShares(allocation))
  const budget = overrides.budget ?? defaults.budget
  const chunk = overrides.chunk ?? defaults.chunk
  const room = overrides.tail === undefined ? Infinity : chunk + overrides.tail - 1
  const local = overrides.local ?? Math.min(defaults.local, room)
  const answerRoom = Math.min(usualAnswerRoom, defaults.tail)
  const stabilizers = stabilizersOf(policy, budget, asked.stabilizers)
  const scaled = {
    ...defaults,
    stabilizers,
    sinks: sinksOf(policy, budget, overrides.stabilizers ?? stabilizers),
    pool: asked.pool ?? defaults.pool,
    allocation,
    keptShare: overrides.keptShare ?? keptShareOf(policy, budget, compressorSlots),
    burst: policyTraits[policy].burst ?? 0,
    local,
    tail: Math.max(defaults.tail, local + answerRoom - chunk),
  }
  const chosen = { ...scaled, ...settingsOf(overrides) }
  const settings = { ...chosen, cache: overrides.cache ?? cacheStorage(chosen, model) }
  requireValid(settings, model, hasHeads, file.shares)
  return settings
}

/** What the files beside a model say of how it is to be read. */
export interface Beside {
  readonly heads: HeadsDefaults | undefined
  readonly compressor: Pick<Compressor, 'merged'> | undefined
}

/**
 * Resolves all settings: the user's over those of heads and compressor over the model's defaults. Everything that reads a
 * document, and everything that shows how one would be read, takes its settings from here.
 * @throws LongtabError `bad-setting` when they cannot work together.
 */
export function resolveSettings(
  overrides: Partial<Settings>,
  model: ModelDescription,
  { heads, compressor }: Beside,
): Settings {
  return settle(overrides, model, heads !== undefined, compressor?.merged, heads)
}

/** Below this a cache in f32 costs less than what a browser tab takes anyway. */
const smallCacheBytes = 16e6

function cacheStorage(settings: Settings, model: ModelDescription): CacheStorage {
  const slots = settings.budget + settings.chunk + settings.tail
  const exact = settings.weights === 'f32' || slots * slotBytes(model, 'f32') <= smallCacheBytes
  return exact ? 'f32' : 'f16'
}

/** Only the settings that are set; options may carry more. */
function settingsOf(overrides: Partial<Settings>): Partial<Settings> {
  const { policy, budget, chunk, stabilizers, sinks, allocation, local, tail } = overrides
  const { positions, weights, cache, seed, keptShare, burst, pool } = overrides
  const kept = { policy, budget, chunk, stabilizers, sinks, allocation, local, tail }
  const all = { ...kept, positions, weights, cache, seed, keptShare, burst, pool }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
