// The fixture of every *.gpu.test.ts: one device per file, buffers freed after each test, and a failure for every WebGPU
// error. The device has WebGPU's guaranteed limits, so that a kernel that needs more fails here. Without an adapter the
// tests are skipped; adapter.gpu.test.ts then fails.
import type { CacheStorage, MatrixStorage } from '../api/settings.ts'
import { expect, test } from 'vitest'
import { at } from '../../reference/at.ts'
import { compile, type Compiled, type Kernel, type ParamValues } from '../gpu/kernel.ts'
import { createMemory, storageUsage, type GpuMemory } from '../gpu/memory.ts'
import { readBuffer } from '../gpu/readback.ts'
import { createRecorder, type Grid, type Recorder } from '../gpu/recorder.ts'
import { padded } from '../model/matrix.ts'
import { decodeRows, encodeMatrix, encodeRows, padRows, unpadRows } from './rows.ts'

/** Largest allowed |got − expected| ÷ (1 + |expected|). */
export const tolerance = {
  /** sums of f32 in another order */
  sum: 2e-5,
  /** with sin, cos and exp in between */
  attention: 5e-5,
  /** one rounding to f16 */
  half: 2 ** -10,
  /** absolute distance from a boundary of the cumulative probability beyond which a draw is certain */
  draw: 1e-5,
}

export interface TestGpu {
  readonly device: GPUDevice
  readonly memory: GpuMemory
  readonly recorder: Recorder
  /** Compiled once per file and set of constants. */
  compile<
    Param extends string,
    Binding extends string,
    Constant extends string,
    Head extends string,
  >(
    kernel: Kernel<Param, Binding, Constant, Head>,
    constants: Readonly<Record<Constant, number>>,
  ): Promise<Compiled<Param, Binding, Head>>
  /** Compiles, runs once and submits. */
  run<Param extends string, Binding extends string, Constant extends string, Head extends string>(
    kernel: Kernel<Param, Binding, Constant, Head>,
    constants: Readonly<Record<Constant, number>>,
    params: ParamValues<Param, Head>,
    buffers: Readonly<Record<Binding, GPUBuffer>>,
    grid: Grid,
  ): Promise<void>

  /** A buffer with the given values. */
  upload(values: Float32Array | Uint32Array): GPUBuffer
  /** Zeros (row, width), padded */
  zeroRows(rows: number, width: number): GPUBuffer
  /** values (row, width) → rows padded as those of activations */
  uploadRows(values: Float32Array, width: number): GPUBuffer
  /** values (row, width) → rows padded as those of matrices */
  uploadMatrix(values: Float32Array, width: number, storage: MatrixStorage): GPUBuffer
  /** values (kv head, slot, head size) → rows of the cache; rounds `values` in place as the storage does */
  uploadCache(values: Float32Array, headSize: number, storage: CacheStorage): GPUBuffer

  readWords(buffer: GPUBuffer): Promise<Uint32Array>
  readValues(buffer: GPUBuffer): Promise<Float32Array>
  /** Padded rows → (row, width) */
  readRows(buffer: GPUBuffer, width: number): Promise<Float32Array>
  /** Cache rows → (kv head, slot, head size) */
  readCache(buffer: GPUBuffer, headSize: number, storage: CacheStorage): Promise<Float32Array>
}

/** State of a test file. */
interface Bench {
  readonly device: GPUDevice
  readonly memory: GpuMemory
  readonly recorder: Recorder
  readonly pipelines: Map<string, Promise<Compiled>>
  /** errors outside any scope, since the last call */
  readonly uncaught: string[]
}

export const gpuTest = test.extend<{ bench: Bench | undefined; gpu: TestGpu }>({
  bench: [
    async ({}, use) => {
      const bench = await openBench()
      await use(bench)
      bench?.device.destroy()
    },
    { scope: 'file' },
  ],
  gpu: async ({ bench, skip }, use) => {
    if (!bench) return skip('no WebGPU adapter')
    const { device, memory } = bench
    const buffers = new Map<GPUBuffer, number>()
    device.pushErrorScope('out-of-memory')
    device.pushErrorScope('validation')
    await use(testGpu(bench, buffers))
    const errors = [await device.popErrorScope(), await device.popErrorScope()]
    await device.queue.onSubmittedWorkDone()
    for (const buffer of buffers.keys()) memory.free(buffer)
    const messages = errors.flatMap((error) => (error ? [error.message] : []))
    expect([...messages, ...bench.uncaught.splice(0)], 'WebGPU errors').toEqual([])
  },
})

async function openBench(): Promise<Bench | undefined> {
  // the types promise `navigator.gpu`; browsers may lack it
  const adapter = await (navigator.gpu as GPU | undefined)?.requestAdapter()
  if (!adapter) return undefined
  const requiredFeatures = timestamps.filter((name) => adapter.features.has(name))
  const { maxComputeWorkgroupStorageSize } = adapter.limits // as openGpu asks for it
  const requiredLimits = { maxComputeWorkgroupStorageSize }
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits })
  const uncaught: string[] = []
  device.addEventListener('uncapturederror', ({ error }) => uncaught.push(error.message))
  const memory = createMemory(device)
  const recorder = createRecorder(device, memory)
  return { device, memory, recorder, pipelines: new Map(), uncaught }
}

const timestamps: readonly GPUFeatureName[] = ['timestamp-query']

/** @param buffers filled with the test's allocations and their requested bytes */
function testGpu(
  { device, memory, recorder, pipelines }: Bench,
  buffers: Map<GPUBuffer, number>,
): TestGpu {
  const read = (buffer: GPUBuffer): Promise<ArrayBuffer> =>
    readBuffer(device, buffer, 0, buffers.get(buffer))

  const made: TestGpu = {
    device,
    memory,
    recorder,
    async compile(kernel, constants) {
      const key = JSON.stringify([kernel.source, constants])
      let pipeline = pipelines.get(key)
      if (!pipeline) pipelines.set(key, (pipeline = compile(device, kernel, constants)))
      return pipeline
    },
    async run(kernel, constants, params, bound, grid) {
      recorder.run(await made.compile(kernel, constants), params, bound, grid)
      recorder.submit()
    },

    upload(values) {
      const buffer = memory.allocate('scratch', 'test data', values.byteLength, storageUsage)
      buffers.set(buffer, values.byteLength)
      device.queue.writeBuffer(buffer, 0, values.slice())
      return buffer
    },
    zeroRows: (rows, width) => made.upload(new Float32Array(rows * padded(width))),
    uploadRows: (values, width) => made.upload(padRows(values, width, padded(width))),
    uploadMatrix: (values, width, storage) => made.upload(encodeMatrix(values, width, storage)),
    uploadCache(values, headSize, storage) {
      const rows = encodeRows(values, headSize, storage)
      values.set(decodeRows(rows.buffer as ArrayBuffer, headSize, storage))
      return made.upload(rows)
    },

    readWords: async (buffer) => new Uint32Array(await read(buffer)),
    readValues: async (buffer) => new Float32Array(await read(buffer)),
    readRows: async (buffer, width) =>
      unpadRows(await made.readValues(buffer), width, padded(width)),
    readCache: async (buffer, headSize, storage) =>
      decodeRows(await read(buffer), headSize, storage),
  }
  return made
}

/** Every value within the tolerance; the message names the worst. */
export function expectClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: number,
): void {
  expect(got.length).toBe(expected.length)
  let worst = 0
  let where = 0
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(at(got, i) - at(expected, i)) / (1 + Math.abs(at(expected, i)))
    if (error <= worst) continue
    worst = Number.isNaN(error) ? Infinity : error
    where = i
  }
  const message = `value ${where} is ${got[where]}, expected ${expected[where]}`
  expect(worst, message).toBeLessThanOrEqual(allowed)
}
