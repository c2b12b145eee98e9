// How much the question looks at every unit: the largest attention score of the question's tokens and of the query heads of the
// group (column_stats). Keys come to the GPU segment by segment through one buffer, and scores go back. Neither buffer grows
// with the document.
import { throwIfAborted } from '../api/errors.ts'
import { noWindow, scoringOf, qkvWidth, turnedNormsOf } from '../forward/layer.ts'
import type { Engine } from '../forward/engine.ts'
import type { CompiledOf } from '../gpu/kernel.ts'
import { mapRead, readbackUsage, type GpuMemory } from '../gpu/memory.ts'
import { columnStatsGrid, type columnStats } from '../kernels/column_stats.ts'
import { segmentsUnderWay, type RecallShape, type recallBytes } from '../plan/recall_shape.ts'
import type { UnitStore } from './unit_store.ts'

export interface ScanBuffers {
  /** (kv head, token, row) */
  readonly keys: GPUBuffer
  /** (token, then question token), u32: rotary positions */
  readonly positions: GPUBuffer
  /** (kv head, token) */
  readonly scores: GPUBuffer
  /** (layer, kv head, token) each */
  readonly staging: readonly GPUBuffer[]
}

export function allocateScan(
  memory: GpuMemory,
  bytes: ReturnType<typeof recallBytes>,
): ScanBuffers {
  return {
    keys: memory.allocate('scratch', 'scanned keys', bytes.scannedKeys),
    positions: memory.allocate('scratch', 'scanned positions', bytes.scannedPositions),
    scores: memory.allocate('scratch', 'scanned scores', bytes.scannedScores),
    staging: Array.from({ length: segmentsUnderWay }, (_, i) =>
      memory.allocate('scratch', `scores ${i}`, bytes.scores, readbackUsage),
    ),
  }
}

export interface Scan {
  readonly shape: RecallShape
  readonly store: UnitStore
  readonly buffers: ScanBuffers
  /** (layer of the shape) of (question token, q · k · v) */
  readonly queries: readonly GPUBuffer[]
  /** column_stats for the store's rows, with the measure largestScore */
  readonly kernel: CompiledOf<(typeof columnStats)['f32']>
  /** of its tiles */
  readonly side: number
}

/**
 * Throws LongtabError `aborted`.
 * @param asking tokens of the question whose queries are there
 * @returns (layer of the shape, KV head) of (token)
 */
export async function scanUnits(
  { gpu, recorder, plan, scratch, weights }: Engine,
  { shape, store, buffers, queries, kernel, side }: Scan,
  asking: { readonly first: number; readonly count: number },
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>[][]> {
  const { queue } = gpu.device
  const { model } = plan
  const { layers, kvHeads, segmentTokens } = shape
  const scores = layers.map(() =>
    Array.from({ length: kvHeads }, () => new Float32Array(store.tokens)),
  )
  const arrived: Promise<void>[] = buffers.staging.map(() => Promise.resolve())
  const headBytes = 4 * segmentTokens

  try {
    for (let first = 0, segment = 0; first < store.tokens; first += segmentTokens, segment++) {
      throwIfAborted(signal, 'answering')
      const turn = segment % buffers.staging.length
      const staging = buffers.staging[turn]
      if (!staging) throw new Error('the scan has no staging buffers')
      await arrived[turn]
      const count = Math.min(segmentTokens, store.tokens - first)
      queue.writeBuffer(
        buffers.positions,
        0,
        positionsOf(first, store.tokens + asking.first, shape),
      )
      const heads = Array.from({ length: kvHeads }, (_, kvHead) => ({
        offset: kvHead * segmentTokens,
        first_slot: segmentTokens, // of the question's first token: it sees all slots before
        slots: count,
        first_fresh: 0,
      }))
      for (const [i, layer] of layers.entries()) {
        const own = queries[i]
        const rope_table = scratch.ropeTables[layer]
        const ofLayer = weights.layers[layer]
        if (!own || !rope_table || !ofLayer || !('qkv' in ofLayer))
          throw new Error(`there are no queries of layer ${layer}`)
        queue.writeBuffer(buffers.keys, 0, await store.segment(i, 'keys', segment))
        recorder.run(
          kernel,
          {
            first_row: 0,
            rows: asking.count,
            own_positions: 0,
            qkv_width: qkvWidth(model),
            window: noWindow, // a question sees every unit
            ...scoringOf(model),
            heads,
          },
          {
            qkv: own,
            keys: buffers.keys,
            lse: scratch.lse, // not read by this measure
            positions: buffers.positions,
            rope_table,
            turned_norms: turnedNormsOf({ weights: ofLayer, scratch }),
            stats: buffers.scores,
          },
          columnStatsGrid(count, kvHeads, side),
        )
        recorder.copy(buffers.scores, 0, staging, i * kvHeads * headBytes, kvHeads * headBytes)
        recorder.submit() // before the next layer's keys overwrite these
      }
      arrived[turn] = staging.mapAsync(mapRead).then(() => {
        const range = staging.getMappedRange()
        scores.flat().forEach((ofHead, head) => {
          ofHead.set(new Float32Array(range, head * headBytes, count), first)
        })
        staging.unmap()
      })
    }
  } finally {
    await Promise.all(arrived) // a buffer that is still mapped could not be copied to by the next scan
  }
  return scores
}

/** Every unit at its own index in the document, the question's tokens behind it. */
function positionsOf(
  first: number,
  asking: number,
  { segmentTokens, questionTokens }: RecallShape,
): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: segmentTokens + questionTokens }, (_, i) =>
    i < segmentTokens ? first + i : asking + i - segmentTokens,
  )
}
