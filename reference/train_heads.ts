// Training of retaining heads on plain arrays. The frozen model reads a context and replies to it. In every layer the
// label of a context token is the attention that the replies gave it, and the heads take a step. Official: `data_gen.py`
// and `train.py` of huangyuxiang03/Locret.
import { adamw, type AdamW, type Moments } from './adamw.ts'
import { at } from './at.ts'
import { columnStats, type ColumnMeasure } from './column_stats.ts'
import { embed } from './embed.ts'
import { headBackward } from './head_backward.ts'
import { headLoss, type LossWeights } from './head_loss.ts'
import { projectQkv, runLayer } from './layer.ts'
import { emptyCache, inEveryHead, type ReferenceModel, type RetainingHead } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { keyPositions } from './positions.ts'
import { project } from './project.ts'
import { matmulGradient } from './matmul_gradient.ts'
import { score } from './score.ts'

/** Tokens behind a context. Those from `firstAnswer` on are the answer, whose attention makes the labels. */
export interface Reply {
  readonly ids: Uint32Array
  readonly firstAnswer: number
}

/** Training data of one layer's head. */
export interface LayerData {
  /** (tokens, (heads + 2·kvHeads) · headSize) = [q; k; v] before rotation */
  readonly inputs: Float32Array
  /** (kvHeads, tokens) */
  readonly labels: Float32Array
}

/** Inputs and labels of every layer, from plain forward passes. */
export function trainingData(
  model: ReferenceModel,
  context: Uint32Array,
  replies: readonly Reply[],
  measure: ColumnMeasure,
): LayerData[] {
  const { description } = model
  const { hidden, embeddingScale, kvHeads } = description
  const longest = Math.max(...replies.map(({ ids }) => ids.length))
  const slots = context.length + longest
  const settings: ReadingSettings = { ...keepAll, chunk: slots }
  const start = { rows: context.length, firstSlots: inEveryHead(description, 0), firstOrigin: 0 }
  const residual = embed(context, model.embedding, hidden, embeddingScale)
  const replying = replies.map(({ ids }) => embed(ids, model.embedding, hidden, embeddingScale))
  return model.layers.flatMap((weights, layer): LayerData[] => {
    const cache = emptyCache(description, slots)
    const attention = description.attention[layer]
    if (!attention || !('qkv' in weights)) {
      runLayer(residual, cache, start, layer, model, settings)
      replies.forEach(({ ids }, i) => {
        const x = replying[i] ?? new Float32Array(0)
        const block = { rows: ids.length, firstSlots: [], firstOrigin: context.length }
        const own = { ...cache } // every reply follows the context, whose states stay
        runLayer(x, own, block, layer, model, settings)
      })
      return []
    }
    const shape = { ...description, ...attention }
    const qkvOf = (x: Float32Array) => projectQkv(x, weights, description)
    const inputs = qkvOf(residual)
    runLayer(residual, cache, start, layer, model, settings)
    const measured = inEveryHead(description, context.length)
    const labels = new Float32Array(kvHeads * context.length).fill(-1e30)
    const positions = keyPositions('slot', cache)
    replies.forEach(({ ids, firstAnswer }, i) => {
      const x = replying[i] ?? new Float32Array(0)
      const firstSlots = inEveryHead(description, context.length)
      const qkv = qkvOf(x)
      runLayer(
        x,
        cache,
        { rows: ids.length, firstSlots, firstOrigin: context.length },
        layer,
        model,
        settings,
      )
      const asked = {
        firstRow: firstAnswer,
        rows: ids.length - firstAnswer,
        firstSlots,
      }
      columnStats(measure, qkv, cache, positions, shape, asked, measured).forEach(
        (value, k) => (labels[k] = Math.max(at(labels, k), value)),
      )
    })
    return [{ inputs, labels }]
  })
}

const keepAll: ReadingSettings = {
  budget: 1,
  burst: 0,
  chunk: 1,
  tail: 1,
  positions: 'slot',
  allocation: 'even',
  policy: { name: 'full', stabilizers: 0, sinks: 0 },
}

export interface HeadGradient {
  readonly regression: number
  readonly smoothing: number
  /** (width, inputs) */
  readonly fc1: Float32Array
  /** (kvHeads, width) */
  readonly fc2: Float32Array
}

/** Hidden layer (tokens, width) and scores (kvHeads, tokens) of one layer's head on a document. */
export function headScores(
  { inputs, labels }: LayerData,
  { fc1, fc2 }: RetainingHead,
  model: ReferenceModel['description'],
): { readonly hidden: Float32Array; readonly scores: Float32Array } {
  const tokens = labels.length / model.kvHeads
  const hidden = project(inputs, fc1, inputs.length / tokens)
  const cache = emptyCache(model, tokens)
  score(hidden, { fc2 }, cache, inEveryHead(model, 0))
  return { hidden, scores: cache.scores }
}

/** Loss of one layer's head on one document, and its gradient. @param least see `headLoss` */
export function headGradient(
  data: LayerData,
  head: RetainingHead,
  model: ReferenceModel['description'],
  weights: LossWeights,
  least?: number,
): HeadGradient {
  const { inputs, labels } = data
  const { kvHeads } = model
  const tokens = labels.length / kvHeads
  const { hidden, scores } = headScores(data, head, model)
  const { regression, smoothing, slopes } = headLoss(scores, labels, kvHeads, weights, least)
  const back = headBackward(slopes, hidden, head.fc2, kvHeads)
  return { regression, smoothing, fc1: matmulGradient(back.hidden, inputs, tokens), fc2: back.fc2 }
}

/** One AdamW step of a head, in place. @param step counted from 1 */
export function updateHead(
  head: RetainingHead,
  gradient: HeadGradient,
  moments: { readonly fc1: Moments; readonly fc2: Moments },
  options: AdamW,
  step: number,
): void {
  adamw(head.fc1, gradient.fc1, moments.fc1, options, step)
  adamw(head.fc2, gradient.fc2, moments.fc2, options, step)
}
