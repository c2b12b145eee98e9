// All measurements of one shape.
import type { Engine } from '../forward/engine.ts'
import type { Gpu } from '../gpu/device.ts'
import { totalBytes } from '../gpu/memory.ts'
import { readBuffer } from '../gpu/readback.ts'
import { measureAnswering } from './answering.ts'
import type { BenchOptions } from './bench.ts'
import { efforts, usualLengths } from './efforts.ts'
import { onOwnDevice } from './own_device.ts'
import { openRandomEngine } from './random_model.ts'
import { measureReading, warmUp } from './reading.ts'
import type { Ceilings, ShapeRecord } from './record.ts'
import { parametersOf, shapes, type ShapeName } from './shapes.ts'
import { measureByWeights } from './by_weights.ts'
import { measureTraining } from './training.ts'

type Measuring = Pick<BenchOptions, 'gpu' | 'tokens' | 'effort' | 'cache' | 'onLine'>

/**
 * Measures one shape on a device of its own, whose destruction frees all buffers. Throws when it would take longer than
 * `mostSeconds`, when WebGPU rejects something, or when the results are implausible.
 */
export async function benchShape(
  name: ShapeName,
  ceilings: Ceilings,
  mostSeconds: number,
  options: Measuring,
): Promise<ShapeRecord> {
  const measured = await onOwnDevice(options.gpu, (gpu) =>
    measureShape(gpu, name, ceilings, mostSeconds, options),
  )
  options.onLine(`${name}: answering with weights in fewer bits`)
  return { ...measured, byWeights: await measureByWeights(shapes[name], ceilings, options) }
}

async function measureShape(
  gpu: Gpu,
  name: ShapeName,
  ceilings: Ceilings,
  mostSeconds: number,
  { tokens, effort, cache: storage, onLine }: Measuring,
): Promise<Omit<ShapeRecord, 'byWeights'>> {
  const shape = shapes[name]
  const amounts = efforts[effort]
  const random = await openRandomEngine(
    gpu,
    shape,
    storage === undefined ? {} : { storage: { cache: storage } },
    undefined,
    'measured',
  )
  const { engine, diagnostics: kernels } = random
  const { settings, block } = engine.plan
  const lengths = tokens ?? usualLengths(amounts).map((chunks) => chunks * settings.chunk)
  const { weights, cache, scratch } = gpu.memory.live()

  const ascending = [...lengths].sort((a, b) => a - b)
  const chunks = ascending.reduce((sum, length) => sum + length / settings.chunk, 0)
  const seconds = ((await warmUp(random)) * chunks) / 1000
  if (seconds > mostSeconds) {
    throw new Error(
      `would read for about ${Math.ceil(seconds / 60)} minutes here; name it with --shape to have it run`,
    )
  }
  onLine(`${name}: reading ${ascending.map((n) => n.toLocaleString('en-US')).join(', ')} tokens`)
  const seen: number[] = []
  const reading = await measureReading(random, ascending, amounts, ceilings, () => {
    seen.push(totalBytes(gpu.memory.live()))
  })
  onLine(`${name}: answering`)
  const answering = await measureAnswering(random, amounts, ceilings)
  await requireSense(engine)
  const afterAnswering = totalBytes(gpu.memory.live())
  onLine(`${name}: training`)
  const training = await measureTraining(random, amounts, shape.retainingWidth)
  return {
    name,
    shape,
    parameters: parametersOf(shape),
    settings,
    block,
    kernels,
    reading,
    answering,
    training,
    gpuBytes: {
      weights,
      cache,
      scratch,
      loaded: totalBytes({ weights, cache, scratch }),
      whileReading: [Math.min(...seen), Math.max(...seen)],
      afterAnswering,
    },
  }
}

/** A kernel that silently does nothing is fast. This rejects its results. */
export async function requireSense({ gpu, scratch, plan }: Engine): Promise<void> {
  const { vocabulary } = plan.model
  const bytes = await readBuffer(gpu.device, scratch.logits, 0, 4 * vocabulary)
  const logits = new Float32Array(bytes)
  const differ = new Set(logits).size > vocabulary / 2
  if (!differ || !logits.every(Number.isFinite)) {
    throw new Error('the GPU computed logits that cannot be, so its times mean nothing')
  }
}
