// Training of LoCoCo's convolution on plain arrays, by reconstruction of the attention's output. A layer reads a document
// with the full cache and with the compressed one. The loss compares both outputs at the tokens of the chunk after each
// merged slot. This loss is ours; the official one is the next-token loss.
import { budgetsOf } from './budgets.ts'
import { append } from './append.ts'
import { at } from './at.ts'
import { attend } from './attend.ts'
import { attendBackward } from './attend_backward.ts'
import { attentionShape } from './attention_shape.ts'
import { blendBackward } from './blend_backward.ts'
import { convolveGradient } from './convolve_gradient.ts'
import { compress, type Compressor, type MergedHead } from './merge.ts'
import { mergeBackward } from './merge_backward.ts'
import { emptyCache, headOf, inEveryHead, occupiedOf, type ReferenceModel } from './model.ts'
import { outputLoss } from './output_loss.ts'
import { judge, observe, type ReadingSettings } from './policies.ts'
import { keyPositions } from './positions.ts'

export interface ConvolutionGradient {
  /** Σ difference² and Σ target², over all tokens that see merged slots */
  readonly difference: number
  readonly size: number
  /** (merged, [k; v], tap) */
  readonly weights: Float32Array
  /** (merged) */
  readonly bias: Float32Array
  readonly lambda: number
}

/**
 * One layer's loss on one document, `weight` · Σ difference², and its gradient. Every merged slot learns from the tokens
 * of the chunk after it.
 * @param qkv (tokens, q · k · v) before rotation
 */
export function convolutionGradient(
  qkv: Float32Array,
  layerIndex: number,
  model: ReferenceModel,
  compressor: Compressor,
  settings: ReadingSettings,
  weight: number,
): ConvolutionGradient {
  const { description } = model
  const { heads, kvHeads, headSize } = description
  const shape = attentionShape(model, layerIndex, settings)
  const width = (heads + 2 * kvHeads) * headSize
  const tokens = qkv.length / width
  const rotates = settings.positions === 'original'
  const budgets = budgetsOf(settings, description, model.shares)
  const budget = at(budgets[layerIndex] ?? [], 0) // the same in all KV heads

  const full = emptyCache(description, tokens)
  const start = inEveryHead(description, 0)
  append(qkv, full, description, start, 0)
  const targets = attend(qkv, full, keyPositions('slot', full), shape, start)

  const cache = emptyCache(description, budget + settings.burst + settings.chunk)
  let merged: MergedHead[] | undefined
  let [difference, size, lambda] = [0, 0, 0]
  const weights = new Float32Array(compressor.weights.length)
  const bias = new Float32Array(compressor.bias.length)
  for (let first = 0; first < tokens; first += settings.chunk) {
    const rows = Math.min(settings.chunk, tokens - first)
    const chunk = qkv.subarray(first * width, (first + rows) * width)
    const firstSlots = occupiedOf(cache)
    const block = { rows, firstSlots, firstOrigin: first }
    append(chunk, cache, description, firstSlots, first)
    judge(chunk, cache, block, layerIndex, model, settings)
    const positions = keyPositions(settings.positions, cache)
    const outputs = attend(chunk, cache, positions, shape, firstSlots)
    if (merged) {
      const part = targets.subarray(first * heads * headSize, (first + rows) * heads * headSize)
      const loss = outputLoss(outputs, part, weight)
      difference += loss.difference
      size += loss.size
      const slopes = attendBackward(
        chunk,
        cache,
        positions,
        shape,
        firstSlots,
        loss.slopes,
        rotates,
      )
      for (const [kvHead, { sources, logits, residuals }] of merged.entries()) {
        const row = compressor.merged * 2 * headSize
        const own = slopes.subarray(kvHead * row, (kvHead + 1) * row)
        const weightSlopes = mergeBackward(own, sources, compressor.merged)
        const back = blendBackward(logits, weightSlopes, residuals, compressor.lambda)
        addTo(weights, convolveGradient(back.logits, sources, compressor.merged, compressor.taps))
        addTo(bias, back.bias)
        lambda += back.lambda.reduce((a, b) => a + b, 0)
      }
    }
    observe(chunk, cache, block, shape, settings)
    for (const head of cache.heads) head.occupied += rows
    if (headOf(cache, 0).occupied <= budget + settings.burst) continue
    const last = Math.min(settings.policy.stabilizers, budget)
    const spared = { first: Math.min(settings.policy.sinks, budget - last), last }
    const evictions = cache.heads.map(({ offset, occupied }) => {
      return { offset, pinned: 0, survivors: budget, occupied, ...spared }
    })
    merged = compress(cache, shape, compressor, evictions, rotates)
    for (const head of cache.heads) head.occupied = budget
  }
  return { difference, size, weights, bias, lambda }
}

function addTo(sum: Float32Array, values: Float32Array): void {
  values.forEach((value, i) => (sum[i] = at(sum, i) + value))
}
