// What looking again at all units takes: in which layers, in which codes, and the bytes of its buffers on the GPU.
import type { CacheStorage, Settings, StorageSettings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { rowBytes } from './cache_bytes.ts'
import { isLocalLayer } from './local.ts'
import type { Plan } from './plan.ts'
import { bufferBytes } from '../gpu/memory.ts'
import { padded } from '../model/matrix.ts'

/** How units are kept outside the GPU, and looked at again. */
export interface RecallShape {
  /** layers whose units are kept: all but those that see nothing beyond their newest units anyway */
  readonly layers: readonly number[]
  readonly kvHeads: number
  readonly headSize: number
  /** of the rows outside the GPU: the cache's own codes, or int8 */
  readonly storage: CacheStorage
  /** tokens of the longest block that is read */
  readonly blockTokens: number
  /** tokens that are scored at once */
  readonly segmentTokens: number
  /** last tokens of a question that look */
  readonly questionTokens: number
}

/** Blocks of units on their way off the GPU at once. */
export const blocksUnderWay = 2

/** Segments of scores on their way at once. */
export const segmentsUnderWay = 2

const segmentTokens = 1024
const questionTokens = 64

/** Whether units are kept and looked at again: without an eviction none is missing. */
export function keepsUnits({ recall, policy }: Pick<Settings, 'recall' | 'policy'>): boolean {
  return recall === 'units' && policy.name !== 'full'
}

export function recallShape(plan: Plan): RecallShape {
  const { model, settings, longestBlock } = plan
  const layers = model.attention.map((_, layer) => layer)
  return {
    layers: layers.filter((layer) => !isLocalLayer(plan, layer)),
    kvHeads: model.kvHeads,
    headSize: model.headSize,
    storage: storageOf(settings.storage, model),
    blockTokens: longestBlock,
    segmentTokens,
    questionTokens,
  }
}

/** Codes come eight to a word or two: rows of other sizes are kept as the cache keeps them. */
function storageOf({ cache }: StorageSettings, { headSize }: ModelDescription): CacheStorage {
  return (cache === 'f16' || cache === 'f32') && headSize % 8 === 0 ? 'int8' : cache
}

/** Bytes of one token's key and value in all these layers. */
export function tokenBytes({ layers, kvHeads, headSize, storage }: RecallShape): number {
  return layers.length * kvHeads * 2 * rowBytes(headSize, storage)
}

/** Bytes of every buffer on the GPU, by name; axes as in recall/. */
export function recallBytes(shape: RecallShape, { model, budgets }: Plan) {
  const { layers, kvHeads, headSize, storage, blockTokens, segmentTokens, questionTokens } = shape
  const row = rowBytes(headSize, storage)
  const { heads } = model
  const chosen = Math.max(...budgets.map((ofHeads) => ofHeads.reduce((sum, each) => sum + each, 0)))
  return {
    leavingKeys: kvHeads * blockTokens * row,
    leavingValues: kvHeads * blockTokens * row,
    leavingOrigins: 4 * kvHeads * blockTokens,
    /** each of `blocksUnderWay` */
    leaving: blockTokens * tokenBytes(shape),
    /** each of as many as `layers` */
    queries: 4 * questionTokens * padded((heads + 2 * kvHeads) * headSize),
    scannedKeys: kvHeads * segmentTokens * row,
    scannedPositions: 4 * (segmentTokens + questionTokens),
    scannedScores: 4 * kvHeads * segmentTokens,
    /** each of `segmentsUnderWay` */
    scores: 4 * layers.length * kvHeads * segmentTokens,
    chosenKeys: chosen * row,
    chosenValues: chosen * row,
  }
}

/** Bytes of all of them together. */
export function allRecallBytes(plan: Plan): number {
  const shape = recallShape(plan)
  const { leaving, queries, scores, ...single } = recallBytes(shape, plan)
  const several = [
    [leaving, blocksUnderWay],
    [queries, shape.layers.length],
    [scores, segmentsUnderWay],
  ] as const
  return (
    Object.values(single).reduce((sum, bytes) => sum + bufferBytes(bytes), 0) +
    several.reduce((sum, [bytes, count]) => sum + count * bufferBytes(bytes), 0)
  )
}
