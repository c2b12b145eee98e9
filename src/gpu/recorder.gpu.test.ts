import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { kernel } from './kernel.ts'
import { createRecorder } from './recorder.ts'

/** values[at] = values[at] · factor + term, so that order shows. */
const step = kernel({
  name: 'step',
  source: `
    struct Params { at: u32, factor: f32, term: f32 }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read_write> values: array<f32>;
    @compute @workgroup_size(1) fn main() {
      values[params.at] = values[params.at] * params.factor + params.term;
    }`,
  params: { at: 'u32', factor: 'f32', term: 'f32' },
  bindings: { values: 'write' },
  constants: [],
})

gpuTest('dispatches run in order, each with its own parameters', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const values = gpu.upload(Float32Array.of(1, 10))
  gpu.recorder.run(compiled, { at: 0, factor: 2, term: 1 }, { values }, [1])
  gpu.recorder.run(compiled, { at: 1, factor: 1, term: -0.5 }, { values }, [1])
  gpu.recorder.run(compiled, { at: 0, factor: -1, term: 0.25 }, { values }, [1])
  gpu.recorder.submit()
  expect(await gpu.readValues(values)).toEqual(Float32Array.of(-2.75, 9.5))
})

gpuTest('parameters of a submit under way are not those of the next', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const values = gpu.upload(Float32Array.of(0))
  for (let digit = 1; digit <= 6; digit++) {
    gpu.recorder.run(compiled, { at: 0, factor: 10, term: digit }, { values }, [1])
    gpu.recorder.submit()
  }
  expect(await gpu.readValues(values)).toEqual(Float32Array.of(123456))
})

gpuTest('more dispatches than one submit takes', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const values = gpu.upload(Float32Array.of(0))
  for (let i = 0; i < 2500; i++) {
    gpu.recorder.run(compiled, { at: 0, factor: 1, term: i % 3 }, { values }, [1])
  }
  gpu.recorder.submit()
  expect(gpu.recorder.recorded).toBe(0)
  expect(await gpu.readValues(values)).toEqual(Float32Array.of(2499))
})

gpuTest('copies keep their place among the dispatches', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const values = gpu.upload(Float32Array.of(1))
  const taken = gpu.upload(new Float32Array(3))
  gpu.recorder.copy(values, 0, taken, 0, 4)
  for (let i = 1; i < 3; i++) {
    gpu.recorder.run(compiled, { at: 0, factor: 3, term: 0 }, { values }, [1])
    gpu.recorder.copy(values, 0, taken, 4 * i, 4)
  }
  gpu.recorder.submit()
  expect(await gpu.readValues(taken)).toEqual(Float32Array.of(1, 3, 9))
})

gpuTest('two recorders share a compiled kernel', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const values = gpu.upload(Float32Array.of(5))
  const other = createRecorder(gpu.device, gpu.memory)
  gpu.recorder.run(compiled, { at: 0, factor: 1, term: 1 }, { values }, [1])
  other.run(compiled, { at: 0, factor: 10, term: 0 }, { values }, [1])
  gpu.recorder.submit()
  other.submit()
  expect(await gpu.readValues(values)).toEqual(Float32Array.of(60))
})

gpuTest('submitting nothing is nothing', async ({ gpu }) => {
  gpu.recorder.submit()
  expect(gpu.recorder.recorded).toBe(0)
  await gpu.device.queue.onSubmittedWorkDone()
})
