// The bench. It calibrates the device, then reads and answers with models of random weights, and compares both with the
// device's ceilings. Needs no DOM and no files, so it runs in a page and in Node alike.
import { openGpu } from '../gpu/device.ts'
import type { CacheStorage } from '../api/settings.ts'
import { benchShape } from './bench_shape.ts'
import { measureByHead } from './by_head.ts'
import type { ByHead } from './by_head_file.ts'
import { calibrate } from './calibrate.ts'
import { feasible, mostSeconds } from './feasible.ts'
import type { BenchRecord, ByHeadRecord, Effort, ShapeRecord, StorageRecord } from './record.ts'
import { shapeNames, shapes, type ShapeName } from './shapes.ts'

export { byHeadOf } from './by_head_file.ts'
export { report } from './report.ts'
export { benchStorage } from './storage.ts'
export { shapeNames, shapes } from './shapes.ts'
export { countSteps, type ShapeSteps } from './counted_steps.ts'
export { reportSteps } from './report_steps.ts'
export type * from './record.ts'

export interface BenchOptions {
  readonly gpu: GPU
  /** browser and machine, for the record: `Chromium 140.0.7339.80, linux x64` */
  readonly host: string
  /** by default those that take minutes on this device */
  readonly shapes?: readonly ShapeName[]
  /** lengths of the documents read; by default 1, 4 and 40 chunks */
  readonly tokens?: readonly number[]
  readonly effort: Effort
  /** measures budgets per KV head against even ones, and nothing else */
  readonly byHead?: ByHead
  /** storage of keys and values; by default the product's choice */
  readonly cache?: CacheStorage
  /** see `benchStorage`, which runs in a worker */
  readonly storage: StorageRecord | null
  /** called with a line for each stage */
  readonly onLine: (line: string) => void
}

/**
 * Runs everything and returns the record. A shape that cannot run is recorded as a failure.
 * Throws LongtabError `no-webgpu` where there is no adapter.
 */
export async function runBench(options: BenchOptions): Promise<BenchRecord> {
  const { gpu: api, host, effort, onLine } = options
  const gpu = await openGpu(api)
  onLine(`calibrating ${gpu.adapter}`)
  const ceilings = await calibrate(gpu).finally(() => {
    gpu.close()
  })
  const names =
    options.shapes ?? shapeNames.filter((name) => feasible(shapes[name], effort, ceilings))
  const records: ShapeRecord[] = []
  const byHead: ByHeadRecord[] = []
  const failures: { name: ShapeName; reason: string }[] = []
  for (const name of names) {
    try {
      if (options.byHead) {
        byHead.push(await measureByHead(name, options.byHead, options))
        continue
      }
      const limit = options.shapes === undefined ? mostSeconds : Infinity
      records.push(await benchShape(name, ceilings, limit, options))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      onLine(`${name}: ${reason}`)
      failures.push({ name, reason })
    }
  }
  const date = new Date().toISOString()
  const shared = { date, host, adapter: gpu.adapter, effort, ceilings }
  return { ...shared, storage: options.storage, shapes: records, byHead, failures }
}
