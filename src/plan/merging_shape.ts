// Sizes of what policies that merge need: they follow from settings, model and the compressor's kernel size.
import { paddedHead } from './cache_bytes.ts'
import { LongtabError } from '../api/errors.ts'
import type { Storage } from '../gpu/kernel.ts'
import { needsButAllows } from '../gpu/memory.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import type { Plan } from './plan.ts'
import type { OwnSettings } from '../api/policies.ts'

/** Sizes of merging, which follow from settings and compressor. */
export interface MergingShape {
  /** Slots that others are merged into. */
  readonly merged: number
  /** Kernel size of the convolution. */
  readonly taps: number
  /** Slots merged at once at most, per KV head. */
  readonly others: number
}

/** One layer's convolution. */
export type CompressorBuffer = 'weights' | 'bias' | 'lambda'

export type MergingBuffer = 'choices' | 'others' | 'residuals' | 'sources' | 'logits'

/** Slots of the budget that others are merged into; 0 where the policy only drops, and has no kept share. */
export function mergedSlots({
  budget,
  policy: { keptShare = 1 },
}: Pick<Settings, 'budget'> & { readonly policy: OwnSettings }): number {
  return Math.floor(budget * (1 - keptShare))
}

/**
 * The share of the budget to keep so that a compressor's slots are what is left. Throws LongtabError `bad-setting` when they
 * would take the whole budget.
 */
export function keptShareBeside(merged: number, budget: number): number {
  if (merged >= budget) {
    throw new LongtabError(
      'bad-setting',
      `the compressor merges into ${merged} slots and the budget is ${budget}; raise the budget above ${merged} or name a compressor of fewer slots`,
    )
  }
  const share = (budget - merged) / budget
  // floor() may lose a slot to rounding; a share lower by ε makes `mergedSlots` give exactly `merged`
  const left = mergedSlots({ budget, policy: { keptShare: share } })
  return left < merged ? share - Number.EPSILON : share
}

/** How merged rows are stored. Throws LongtabError `bad-setting` for codes, whose range a sum of rows would have to find anew. */
export function requireMergeable({
  policy: { name },
  storage: { cache },
}: Pick<Settings, 'policy' | 'storage'>): Storage {
  if (cache === 'f32' || cache === 'f16') return cache
  throw new LongtabError(
    'bad-setting',
    `policy ${name} merges keys and values, which a cache in ${cache} does not take; choose f16 or another policy`,
  )
}

export function mergingShape(
  settings: Pick<Settings, 'budget' | 'burst' | 'chunk' | 'policy'>,
  taps: number,
): MergingShape | undefined {
  const merged = mergedSlots(settings)
  if (merged === 0) return undefined
  return { merged, taps, others: merged + settings.burst + settings.chunk }
}

/** Bytes of the buffers, by name: of one layer's weights, and of the scratch that all layers share. */
export function mergingBytes(
  { kvHeads, headSize }: ModelDescription,
  { merged, taps, others }: MergingShape,
): {
  readonly weights: Record<CompressorBuffer, number>
  readonly scratch: Record<MergingBuffer, number>
} {
  const row = 4 * 2 * paddedHead(headSize)
  return {
    weights: { weights: merged * taps * row, bias: 4 * merged, lambda: 16 },
    scratch: {
      choices: 2 * 8 * kvHeads,
      others: 4 * kvHeads * others,
      residuals: 8 * kvHeads * merged,
      sources: kvHeads * (others + taps - 1) * row,
      logits: 4 * kvHeads * merged * others,
    },
  }
}

/**
 * Checks that every buffer that merging takes fits on a device; without merging there are none.
 * @param allowed bytes of the largest buffer that the device can bind
 * @throws LongtabError `does-not-fit`, with both numbers.
 */
export function requireMergingFit({ model, merging }: Plan, allowed: number): void {
  if (!merging) return
  const { weights, scratch } = mergingBytes(model, merging)
  const largest = Math.max(weights.weights, scratch.sources, scratch.logits)
  if (largest <= allowed) return
  throw new LongtabError(
    'does-not-fit',
    `merging into ${merging.merged} slots ${needsButAllows(largest, allowed)}; merge into fewer slots or lower the chunk`,
  )
}
