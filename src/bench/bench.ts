// The bench: calibrates the device, then reads and answers with models of random weights and holds both against what the
// device can do. Needs no DOM and no files, so it runs in a page and in Node alike.
import { openGpu, type Gpu } from '../gpu/device.ts'
import { readBuffer } from '../gpu/readback.ts'
import type { Engine } from '../engine/engine.ts'
import { measureAnswering } from './answering.ts'
import { calibrate } from './calibrate.ts'
import { efforts, usualLengths } from './efforts.ts'
import { openRandomEngine } from './random_model.ts'
import { measureReading } from './reading.ts'
import type { BenchRecord, Ceilings, Effort, ShapeRecord } from './record.ts'
import { feasible } from './feasible.ts'
import { parametersOf, shapeNames, shapes, type ShapeName } from './shapes.ts'

export { report } from './report.ts'
export { shapeNames } from './shapes.ts'
export type * from './record.ts'

export interface BenchOptions {
  readonly gpu: GPU
  /** what runs it, for the record: `Chromium 140.0.7339.80, linux x64` */
  readonly host: string
  /** by default those that this device gets through in minutes */
  readonly shapes?: readonly ShapeName[]
  /** lengths of the documents read; by default 1, 4 and 40 chunks */
  readonly tokens?: readonly number[]
  readonly effort: Effort
  /** what is going on, a line at a time */
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
  const failures: { name: ShapeName; reason: string }[] = []
  for (const name of names) {
    try {
      records.push(await benchShape(name, ceilings, options))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      onLine(`${name}: ${reason}`)
      failures.push({ name, reason })
    }
  }
  const date = new Date().toISOString()
  return { date, host, adapter: gpu.adapter, effort, ceilings, shapes: records, failures }
}

/** On a device of its own, which takes all its buffers along. */
async function benchShape(
  name: ShapeName,
  ceilings: Ceilings,
  options: BenchOptions,
): Promise<ShapeRecord> {
  const gpu = await openGpu(options.gpu)
  try {
    const { device } = gpu
    device.pushErrorScope('validation')
    device.pushErrorScope('out-of-memory')
    const [outcome] = await Promise.allSettled([measureShape(gpu, name, ceilings, options)])
    // what WebGPU refused explains whatever failed after it
    const refused = (await device.popErrorScope()) ?? (await device.popErrorScope())
    if (refused) throw new Error(refused.message)
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  } finally {
    gpu.close()
  }
}

async function measureShape(
  gpu: Gpu,
  name: ShapeName,
  ceilings: Ceilings,
  { tokens, effort, onLine }: BenchOptions,
): Promise<ShapeRecord> {
  const shape = shapes[name]
  const amounts = efforts[effort]
  const random = await openRandomEngine(gpu, shape)
  const { engine } = random
  const { settings, block } = engine.plan
  const lengths = tokens ?? usualLengths(amounts).map((chunks) => chunks * settings.chunk)
  const { weights, cache, scratch } = gpu.memory.live()
  const loaded = weights + cache + scratch

  const ascending = [...lengths].sort((a, b) => a - b)
  onLine(`${name}: reading ${ascending.map((n) => n.toLocaleString('en-US')).join(', ')} tokens`)
  const seen: number[] = []
  const reading = await measureReading(random, ascending, amounts, ceilings, () => {
    seen.push(liveBytes(gpu))
  })
  onLine(`${name}: answering`)
  const answering = await measureAnswering(random, amounts, ceilings)
  await requireSense(engine)
  return {
    name,
    shape,
    parameters: parametersOf(shape),
    settings,
    block,
    reading,
    answering,
    gpuBytes: {
      weights,
      cache,
      scratch,
      loaded,
      whileReading: [Math.min(...seen), Math.max(...seen)],
      afterAnswering: liveBytes(gpu),
    },
  }
}

function liveBytes({ memory }: Gpu): number {
  const { weights, cache, scratch } = memory.live()
  return weights + cache + scratch
}

/** A kernel that silently does nothing is fast; its numbers must not be believed. */
async function requireSense({ gpu, scratch, plan }: Engine): Promise<void> {
  const { vocabulary } = plan.model
  const bytes = await readBuffer(gpu.device, scratch.logits, 0, 4 * vocabulary)
  const logits = new Float32Array(bytes)
  const differ = new Set(logits).size > vocabulary / 2
  if (!differ || !logits.every(Number.isFinite)) {
    throw new Error('the GPU computed logits that cannot be, so its times mean nothing')
  }
}
