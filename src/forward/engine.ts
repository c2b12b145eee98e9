// The state of reading and answering: one model on one GPU, its cache and its scratch. Plain data. The algorithm is in
// forward.ts, and in prefill.ts, evict.ts and decode.ts of reading/.
import {
  allocateCache,
  capacitiesOf,
  emptyCache,
  freeCache,
  growCache,
  headsOf,
  type Cache,
} from './cache.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Profile } from '../gpu/profile.ts'
import { createWordRing, type WordRing } from '../gpu/readback.ts'
import { createRecorder, type Recorder } from '../gpu/recorder.ts'
import type { ModelDescription } from '../api/description.ts'
import { inLayers } from '../model/layer_shape.ts'
import type { TokenRows } from '../model/token_rows.ts'
import type { ModelWeights } from '../model/weights.ts'
import type { Policy } from './policy.ts'
import type { KernelSet } from './kernel_set.ts'
import type { Merging } from './merging.ts'
import { createDraftPace, mayDraft, type DraftPace } from './draft_pace.ts'
import { createPace, type Pace } from './pace.ts'
import type { Plan } from '../plan/plan.ts'
import {
  allocateScratch,
  allocateSlotScratch,
  freeSlotScratch,
  type Scratch,
  type SlotScratch,
} from './scratch.ts'
import { stepWords, stepsInFlight } from '../plan/words_read_back.ts'

export interface Engine {
  readonly gpu: Gpu
  readonly plan: Plan
  /** the plan's model as each layer has it. Shape: (layers) */
  readonly models: readonly ModelDescription[]
  readonly kernels: KernelSet
  readonly weights: ModelWeights
  readonly policy: Policy
  readonly scratch: Scratch
  /** for policies that merge */
  readonly merging: Merging | undefined
  /** of models whose layers have inputs of their own; so a token's id must be known before its step */
  readonly tokenRows: TokenRows | undefined
  readonly recorder: Recorder
  readonly pace: Pace
  /** of all answers; undefined where none are drafted */
  readonly draftPace: DraftPace | undefined
  /** ring of token ids read back, with their log-probabilities where an answer tells them */
  readonly answerIds: WordRing
  /** a chunk's `scratch.badNumbers` read back */
  readonly notedNumbers: WordRing
  /** replaced only when the policy `full` grows it */
  cache: Cache
  slotScratch: SlotScratch
}

export interface EngineParts {
  readonly profile?: Profile
  readonly merging?: Merging | undefined
  readonly tokenRows?: TokenRows | undefined
  /** a cache to use instead of one of `plan.capacities` slots */
  readonly cache?: Cache
}

/** Allocates cache and scratch. After this nothing is allocated while reading or answering, except under `full`. */
export function createEngine(
  gpu: Gpu,
  plan: Plan,
  kernels: KernelSet,
  weights: ModelWeights,
  policy: Policy,
  { profile, cache, merging, tokenRows }: EngineParts = {},
): Engine {
  const { model, settings, capacities } = plan
  return {
    gpu,
    plan,
    models: inLayers(model),
    kernels,
    weights,
    policy,
    scratch: allocateScratch(gpu, plan),
    merging,
    tokenRows,
    recorder: createRecorder(gpu.device, gpu.memory, profile),
    pace: createPace(gpu.device.queue),
    draftPace: mayDraft(gpu.device.adapterInfo, model) ? createDraftPace() : undefined,
    answerIds: createWordRing(gpu.memory, 'answer id', stepsInFlight + 1, stepWords),
    notedNumbers: createWordRing(gpu.memory, 'noted numbers', 1, 1),
    cache: cache ?? allocateCache(gpu, model, capacities, settings.storage.cache),
    slotScratch: allocateSlotScratch(gpu, plan, capacities),
  }
}

/** Reallocates the cache for more tokens; only the policy `full` needs it. */
export function growBy(engine: Engine, tokens: number): void {
  const heads = headsOf(engine.cache)
  const slots = Math.max(...heads.map(({ occupied }) => occupied)) + tokens
  const reserved = Math.min(...heads.map((head) => head.capacity))
  if (slots <= reserved) return
  growTo(engine, Math.max(slots, Math.ceil(reserved * 1.5)))
}

/** The same for a number of slots of every KV head, more than any has. */
export function growTo(engine: Engine, capacity: number): void {
  const { gpu, plan, cache, slotScratch } = engine
  engine.cache = growCache(gpu, plan.model, cache, capacity, plan.settings.storage.cache)
  freeSlotScratch(gpu, slotScratch)
  engine.slotScratch = allocateSlotScratch(gpu, plan, capacitiesOf(engine.cache))
}

/** Clears the document. Under `full` the cache returns to its initial size. */
export function clearCache(engine: Engine): void {
  const { gpu, plan, cache, slotScratch } = engine
  const planned = plan.capacities.flat()
  const hasGrown = headsOf(cache).some(({ capacity }, i) => capacity !== planned[i])
  if (hasGrown) {
    freeCache(gpu, cache)
    freeSlotScratch(gpu, slotScratch)
    engine.cache = allocateCache(gpu, plan.model, plan.capacities, plan.settings.storage.cache)
    engine.slotScratch = allocateSlotScratch(gpu, plan, plan.capacities)
  }
  emptyCache(engine.cache)
}
