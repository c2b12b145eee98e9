// Everything that choosing again needs, allocated and compiled when a model is loaded.
import { privateFolder } from '../files/store/folder.ts'
import { createCompiler } from '../forward/compiler.ts'
import type { Engine } from '../forward/engine.ts'
import { shapeOf } from '../forward/layer_kernels.ts'
import { append } from '../kernels/append.ts'
import { columnMeasure, columnSide, columnStats } from '../kernels/column_stats.ts'
import { restore } from '../kernels/restore.ts'
import { catchOutOfMemory } from '../gpu/room.ts'
import { bytesOfPlan } from '../plan/plan.ts'
import { isLocal } from '../plan/local.ts'
import { recallBytes, recallShape } from '../plan/recall_shape.ts'
import { chooseUnits, type Neighbours } from './choose_units.ts'
import { copyDocumentCache, holdsAll, type DocumentCache } from './document_cache.ts'
import { allocateChosen, fillLayer, type Filling } from './fill_cache.ts'
import { createQuestionQueries, type QuestionQueries } from './question_queries.ts'
import type { AboutUnits } from '../saved/about.ts'
import type { Part } from '../saved/part.ts'
import type { SavedFile } from '../saved/read.ts'
import { allocateScan, scanUnits, type Scan } from './scan_units.ts'
import { createUnitRing, type UnitRing } from './unit_ring.ts'
import { createUnitStore } from './unit_store.ts'

/** Measured on real models: docs/research/recall.md. */
const neighbours: Neighbours = { before: 2, after: 12 }
const sinks = 4
const newest = 32

export interface UnitRecall {
  readonly ring: UnitRing
  readonly queries: QuestionQueries
  /** Forgets the document before. */
  readonly begin: () => Promise<void>
  /** Once a document has been read: keeps what the cache holds of it, unless it holds all. */
  readonly finish: () => Promise<void>
  /** To be saved. */
  readonly part: () => Part
  readonly about: () => AboutUnits
  /** Takes the units of a document that was saved, between `begin` and `finish`. Throws LongtabError `bad-file`. */
  readonly open: (file: SavedFile, about: AboutUnits) => Promise<void>
  /** Bytes outside the GPU: the units, and the copy of what the cache holds. */
  readonly bytes: () => number
  /** Whether the cache holds less than the whole document. */
  readonly hasEvicted: () => boolean
  /** Fills the cache with the units that the question whose queries were taken scores highest. */
  readonly choose: (signal: AbortSignal | undefined) => Promise<void>
  /** Gives the cache back to the document. */
  readonly restore: () => void
}

/**
 * Allocates what `recallBytes` counts. Throws LongtabError `does-not-fit` when the device has too little workgroup memory,
 * `out-of-memory` when it refuses a buffer.
 */
export async function openUnitRecall(
  engine: Engine,
  shape = recallShape(engine.plan),
): Promise<UnitRecall> {
  const { gpu, plan } = engine
  const { model } = plan
  const { cache } = plan.settings.storage
  const { compile } = createCompiler(gpu.device)
  const { storage } = shape
  const bytes = recallBytes(shape, plan)
  const constants = shapeOf(model)
  const side = columnSide(model.headSize, gpu.device.limits.maxComputeWorkgroupStorageSize)
  const measure = { SIDE: side, MEASURE: columnMeasure.largestScore }
  const isCoded = storage === 'int8' || storage === 'int4'
  const isPlain = cache === 'f16' || cache === 'f32'
  const [packing, scoring, restoring] = await Promise.all([
    compile(append[storage], constants),
    compile(columnStats[storage], { ...constants, ...measure }),
    isCoded && isPlain ? compile(restore[storage][cache], constants) : Promise.resolve(undefined),
  ])
  const folder = await privateFolder('units')
  const allocate = () => {
    const store = createUnitStore(
      { layers: shape.layers.length, kvHeads: shape.kvHeads, headSize: shape.headSize },
      storage,
      shape.segmentTokens,
      folder,
    )
    const ring = createUnitRing(gpu.memory, shape, bytes, packing, store)
    const queries = createQuestionQueries(gpu.memory, shape, bytes)
    const scan: Scan = {
      shape,
      store,
      buffers: allocateScan(gpu.memory, bytes),
      queries: queries.layers,
      kernel: scoring,
      side,
    }
    const filling: Filling = {
      shape,
      store,
      chosen: allocateChosen(gpu.memory, bytes),
      restore: restoring,
    }
    return { store, ring, queries, scan, filling }
  }
  const parts = await catchOutOfMemory(gpu, bytesOfPlan(plan), allocate)
  const { store, ring, queries, scan, filling } = parts
  let document: DocumentCache | undefined

  return {
    ring,
    queries,
    async begin() {
      document = undefined
      await ring.settled().catch(() => undefined) // a reading that failed says so itself
      await store.clear()
    },
    async finish() {
      await ring.settled()
      if (!holdsAll(engine)) document = await copyDocumentCache(engine, ring.staging)
    },
    part: store.part,
    about: () => ({ tokens: store.tokens }),
    open: (file, { tokens }) => store.open(file, tokens),
    bytes: () => store.bytes + (document?.bytes ?? 0),
    hasEvicted: () => document !== undefined,
    async choose(signal) {
      const scores = await scanUnits(engine, scan, queries.taken(), signal)
      for (const [index, ofLayer] of scores.entries()) {
        const layer = shape.layers[index] ?? 0
        const units = ofLayer.map((own, kvHead) => {
          const budget = plan.budgets[layer]?.[kvHead] ?? 0
          const first = Math.min(sinks, Math.floor(budget / 2))
          const last = isLocal(plan, layer, kvHead)
            ? budget - first
            : Math.min(newest, budget - first)
          return chooseUnits(own, { budget, sinks: first, newest: last, neighbours })
        })
        await fillLayer(engine, filling, index, units)
      }
    },
    restore: () => document?.restore(engine),
  }
}
