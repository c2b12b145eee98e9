// What merging costs beside the model itself, counted from shapes alone: so that it can be shown before it is chosen.
import { bufferBytes } from '../gpu/memory.ts'
import type { Compressor } from '../model/compressor.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { mergingBytes } from './merging_shape.ts'

/** What merging costs, beside the model itself. */
export interface MergingCost {
  /** Multiply-adds of the convolution per token read, once the cache is full. */
  readonly perToken: number
  /** Multiply-adds of the model per token read: its layers' matrices, and attention over the full cache. */
  readonly modelPerToken: number
  /** Bytes of the compressor on the GPU. */
  readonly bytes: number
}

/**
 * Counts what merging costs, from shapes alone.
 * @throws Nothing.
 */
export function mergingCost(
  model: ModelDescription,
  { merged, taps }: Pick<Compressor, 'merged' | 'taps'>,
  { budget, chunk, burst }: Pick<Settings, 'budget' | 'chunk' | 'burst'>,
): MergingCost {
  const { layers, kvHeads, headSize } = model
  const between = chunk * (Math.floor(burst / chunk) + 1) // tokens between two evictions
  const others = merged + between
  const convolution = layers * kvHeads * others * (2 * headSize * taps * merged)
  const { weights } = mergingBytes(model, { merged, taps, others })
  const perLayer = Object.values(weights).reduce((sum, bytes) => sum + bufferBytes(bytes), 0)
  return {
    perToken: convolution / between,
    modelPerToken: multiplyAddsPerToken(model, budget + (chunk + 1) / 2),
    bytes: layers * perLayer,
  }
}

/** @param slots that a token sees, in the mean; fewer in layers with a window */
function multiplyAddsPerToken(model: ModelDescription, slots: number): number {
  const { hidden, heads, kvHeads, headSize, feedForward, attention } = model
  const matrices = hidden * headSize * (2 * heads + 2 * kvHeads) + 3 * hidden * feedForward
  return attention.reduce(
    (sum, own) =>
      own ? sum + matrices + 2 * heads * headSize * Math.min(slots, own.window ?? slots) : sum,
    0,
  )
}
