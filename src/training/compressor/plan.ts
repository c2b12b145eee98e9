// Sizes of a compressor's training, all known before anything is allocated.
import { cacheBytes, inEveryHead, mostSlots, paddedHead } from '../../plan/cache_bytes.ts'
import { bytesOfPlan, makePlan, type Plan } from '../../plan/plan.ts'
import { slotKeyBytes } from '../../plan/buffer_fit.ts'
import { resolveSettings } from '../../plan/settings.ts'
import type { MergingShape } from '../../plan/merging_shape.ts'
import { LongtabError } from '../../api/errors.ts'
import { bufferBytes, needsButAllows } from '../../gpu/memory.ts'
import type { WeightStorage } from '../../api/settings.ts'
import type { ModelDescription } from '../../api/description.ts'
import type { CompressorSettings } from '../../api/training.ts'
import { padded } from '../../model/matrix.ts'
import { inputWidth } from '../head_shape.ts'
import { steadyPlan } from '../plan.ts'
import type { BackwardBuffers } from './buffers.ts'
import { readingSettings } from './settings.ts'

/** Slots of a KV head of the compressed cache: those of the largest head in reading. */
export function compressedSlots({ budgets, settings }: Plan): number {
  return mostSlots(budgets) + settings.burst + settings.chunk + settings.tail
}

/**
 * The plan of the engine that the compressor is trained for. Throws LongtabError `bad-setting`.
 * @param headsWidth d_R of the retaining heads that it reads with, undefined without
 */
export function readingPlan(
  model: ModelDescription,
  training: CompressorSettings,
  weights: WeightStorage,
  headsWidth: number | undefined,
): Plan {
  const reading = resolveSettings(readingSettings(training, weights), model, {
    heads: headsWidth === undefined ? undefined : {},
  })
  return makePlan(model, reading, headsWidth ?? 0, training.taps)
}

/** The plan of an engine that also holds the full cache of whole documents. */
export function roomyPlan(plan: Plan, { length }: Pick<CompressorSettings, 'length'>): Plan {
  return steadyPlan({
    ...plan,
    capacities: plan.capacities.map((heads) => heads.map((slots) => Math.max(slots, length))),
  })
}

/** Blocks of a document; a chunk starts a new block. */
export function blocksOf(
  { block }: Pick<Plan, 'block'>,
  { length, chunk }: Pick<CompressorSettings, 'length' | 'chunk'>,
): number {
  const whole = Math.floor(length / chunk)
  return whole * Math.ceil(chunk / block) + Math.ceil((length - whole * chunk) / block)
}

/** Bytes of the buffers between loss and gradients, by name; axes as in buffers.ts. */
export function backwardBytes(
  { model, block }: Plan,
  { merged, others }: MergingShape,
): Record<keyof BackwardBuffers, number> {
  const { layers, heads, kvHeads, headSize } = model
  const slots = kvHeads * merged
  return {
    outputSlopes: 4 * block * padded(heads * headSize),
    softmax: 8 * block * heads,
    mergedSlopes: 4 * slots * 2 * paddedHead(headSize),
    logits: 4 * slots * others,
    weightSlopes: 4 * slots * others,
    parts: 8 * slots,
    losses: 8 * layers * kvHeads,
  }
}

/** Bytes of a training on the GPU, all allocated before its first step. @param plan roomy */
export function compressorTrainingBytes(
  plan: Plan,
  settings: CompressorSettings,
): { weights: number; cache: number; scratch: number } {
  const { model, merging, block } = plan
  if (!merging) throw new Error('a plan that merges nothing trains no compressor')
  const frozen = bytesOfPlan(plan)
  const { merged, taps } = merging
  const sum = (bytes: readonly number[]) => bytes.reduce((all, each) => all + bufferBytes(each), 0)
  const convolution = [merged * taps * 4 * 2 * paddedHead(model.headSize), 4 * merged, 16]
  const rows = (width: number) => 4 * block * padded(width)
  const widths = [model.hidden, inputWidth(model), model.heads * model.headSize]
  const own = (slots: number) =>
    cacheBytes(model, [inEveryHead(model, slots)], plan.settings.storage.cache)
  return {
    weights: frozen.weights + model.layers * 3 * sum(convolution),
    cache: own(settings.length) + own(compressedSlots(plan)), // instead of the frozen model's
    scratch:
      frozen.scratch +
      blocksOf(plan, settings) * sum(widths.map(rows)) +
      sum(Object.values(backwardBytes(plan, merging))),
  }
}

/**
 * Throws LongtabError `does-not-fit` when a document's keys do not fit in one buffer, naming the largest length that
 * does.
 * @param allowed bytes of one buffer
 */
export function requireDocumentFit(
  plan: Plan,
  { length }: Pick<CompressorSettings, 'length'>,
  allowed: number,
): void {
  const needed = slotKeyBytes(plan) * length
  if (needed <= allowed) return
  throw new LongtabError(
    'does-not-fit',
    `a training length of ${length} ${needsButAllows(needed, allowed)}; lower the length to ${Math.floor(allowed / slotKeyBytes(plan))}`,
  )
}
