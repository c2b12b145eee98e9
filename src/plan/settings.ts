// The settings of a reading engine, and their defaults scaled to the model; settings_rules.ts has the rules they must obey.
// Official values (Locret paper Table 4 and `infer.py`): Phi-3-mini budget 6000, chunk 3072, stabilizers 2500, local 100.
import type { ModelDescription } from '../api/description.ts'
import type {
  CacheStorage,
  Chosen,
  PolicySettings,
  SettingOverrides,
  Settings,
  WeightStorage,
} from '../api/settings.ts'
import { slotBytes } from './cache_bytes.ts'
import type { Compressor } from '../model/compressor.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { weightBytes } from '../model/weights.ts'
import { budgetsOf, dealsByShares } from './allocation.ts'
import { keptShareBeside } from './merging_shape.ts'
import { defaultPassages, mostPassages } from './passage_room.ts'
import { needs, policyTraits, type OwnSettings, type PolicyName } from '../api/policies.ts'
import { requireDoubt, requireOwn, requireReread, requireValid } from './settings_rules.ts'

/** What a heads' file asks for, or what is known with it, where the user does not say. */
export interface HeadsDefaults {
  /** see OwnSettings; 0 by default */
  readonly pool?: number
  readonly shares?: Shares | undefined
  /** share of the budget, 0 … 1 */
  readonly stabilizers?: number | undefined
  /** see Settings; measured for the model that the heads come with */
  readonly doubtBelow?: number | undefined
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
export function defaultRoom(
  model: ModelDescription,
  differing: boolean,
): Pick<Settings, 'budget' | 'chunk' | 'tail' | 'local'> {
  const sight = Math.max(
    ...model.attention.flatMap((attention) => (attention ? (attention.window ?? Infinity) : [])),
  )
  const positions = Math.min(model.maxPositions, sight)
  const slots = Math.min(positions, officialSlots)
  const tail = Math.max(1, Math.floor(slots / 16), Math.min(256, Math.floor(slots / 4)))
  const alike = Math.max(1, Math.round(((slots - tail) * 6000) / 9072))
  const budget = differing ? Math.max(1, Math.min(alike, Math.floor(positions / headroom))) : alike
  const chunk = differing
    ? Math.max(1, Math.round((budget * 3072) / 6000))
    : Math.max(1, slots - tail - budget)
  return { budget, chunk, tail, local: Math.min(100, Math.floor((chunk + tail) / 2)) }
}

/** What the files beside a model say of how it is to be read; undefined for those that are not there. */
export interface Beside {
  readonly heads?: HeadsDefaults | undefined
  readonly compressor?: Pick<Compressor, 'merged'> | undefined
}

/**
 * Resolves all settings: the user's over those of heads and compressor over the model's defaults. A budget without stabilizers
 * gets them in the official proportion, a policy without sinks its own; of `local` and `tail`, the one not chosen follows the
 * other. Everything that reads a document, and everything that shows how one would be read, takes its settings from here.
 * @throws LongtabError `bad-setting` when they cannot work together.
 */
export function resolveSettings(
  overrides: SettingOverrides,
  model: ModelDescription,
  { heads, compressor }: Beside = {},
): Settings {
  const chosen = chosenPolicy(overrides)
  const name = chosen.name ?? (heads ? 'locret' : policyWithoutHeads)
  requireOwn(name, chosen)
  const asked = needs(name, 'retaining heads') ? heads : undefined
  const allocation = overrides.allocation ?? (asked?.shares ? 'by-head' : 'even')
  const usual = defaultRoom(model, dealsByShares(allocation))
  const {
    budget = usual.budget,
    chunk = usual.chunk,
    positions = 'slot',
    recall = 'none',
  } = overrides
  const { burst = policyTraits[name].burst ?? 0 } = overrides
  const mostLocal = overrides.tail === undefined ? Infinity : chunk + overrides.tail - 1
  const { local = Math.min(usual.local, mostLocal) } = overrides
  const answerRoom = Math.min(usualAnswerRoom, usual.tail)
  const { tail = Math.max(usual.tail, local + answerRoom - chunk) } = overrides
  const { stabilizers = stabilizersOf(name, budget, asked?.stabilizers) } = chosen
  const { sinks = sinksOf(name, budget, stabilizers) } = chosen
  const own = ownOf(name, budget, chosen, { heads: asked, compressor })
  const { weights = weightStorage(model) } = overrides.storage ?? {}
  const { cache = cacheStorage(budget + chunk + tail, weights, model) } = overrides.storage ?? {}
  const settings: Settings = {
    ...{ budget, burst, chunk, tail, local, positions, allocation, recall },
    policy: { name, stabilizers, sinks, ...own },
    storage: { weights, cache },
  }
  requireValid(settings, model, heads !== undefined, heads?.shares)
  return {
    ...settings,
    ...rereadOf(settings, overrides.reread, model, heads?.shares),
    ...doubtOf(settings, overrides.doubtBelow, heads?.doubtBelow),
  }
}

/** Passages to read again, where the recall is of passages. */
function rereadOf(
  settings: Settings,
  chosen: number | undefined,
  model: ModelDescription,
  shares: Shares | undefined,
): Pick<Settings, 'reread'> {
  const most = mostPassages(settings, budgetsOf(settings, model, shares))
  requireReread(settings, chosen, most)
  return settings.recall === 'passages' ? { reread: chosen ?? defaultPassages(most) } : {}
}

/** Where answers from passages are checked; 0 checks none. */
function doubtOf(
  settings: Settings,
  chosen: number | undefined,
  known: number | undefined,
): Pick<Settings, 'doubtBelow'> {
  requireDoubt(settings, chosen)
  const doubtBelow = settings.recall === 'passages' ? (chosen ?? known ?? 0) : 0
  return doubtBelow > 0 ? { doubtBelow } : {}
}

/** What was chosen of the policy; its name alone is short for that. */
export function chosenPolicy({ policy }: Pick<SettingOverrides, 'policy'>): Chosen<PolicySettings> {
  return typeof policy === 'string' ? { name: policy } : (policy ?? {})
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

/** What the policy alone reads: as chosen, as the files beside the model ask for, or by its own default. */
function ownOf(
  policy: PolicyName,
  budget: number,
  chosen: Chosen<OwnSettings>,
  { heads, compressor }: Beside,
): OwnSettings {
  const { pool, keptShare, drawnShare, seed } = policyTraits[policy].own ?? {}
  const beside = () => compressor && keptShareBeside(compressor.merged, budget)
  return {
    ...(pool !== undefined && { pool: chosen.pool ?? heads?.pool ?? pool }),
    ...(keptShare !== undefined && { keptShare: chosen.keptShare ?? beside() ?? keptShare }),
    ...(drawnShare !== undefined && { drawnShare: chosen.drawnShare ?? drawnShare }),
    ...(seed !== undefined && { seed: chosen.seed ?? seed }),
  }
}

/** Above this, codes of 8 bits are worth half the memory. */
const smallWeightBytes = 256e6

function weightStorage(model: ModelDescription): WeightStorage {
  if (Object.keys(model.codes).length > 0) return 'file'
  return weightBytes(model, 'f16', 0) > smallWeightBytes ? 'q8' : 'f16'
}

/** Below this a cache in f32 costs less than what a browser tab takes anyway. */
const smallCacheBytes = 16e6

function cacheStorage(
  slots: number,
  weights: WeightStorage,
  model: ModelDescription,
): CacheStorage {
  const exact = weights === 'f32' || slots * slotBytes(model, 'f32') <= smallCacheBytes
  return exact ? 'f32' : 'f16'
}
