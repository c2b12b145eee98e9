import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { kernel } from './kernel.ts'
import { createRecorder } from './recorder.ts'
import { stretchAlignment } from './stretch.ts'

/** values[at] = values[at] · factor + term; the result depends on the order. */
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

gpuTest('a stretch is bound as if it were a buffer', async ({ gpu }) => {
  const compiled = await gpu.compile(step, {})
  const buffer = gpu.upload(new Float32Array(3 * 64).fill(1))
  const stretches = [0, 1, 2].map((i) => ({ buffer, offset: i * stretchAlignment, size: 8 }))
  for (const values of [...stretches, ...stretches])
    gpu.recorder.run(compiled, { at: 1, factor: 3, term: values.offset }, { values }, [1])
  gpu.recorder.submit()
  const all = await gpu.readValues(buffer)
  expect([1, 65, 129].map((at) => all[at])).toEqual([9, 9 + 4 * 256, 9 + 4 * 512])
  expect(all.filter((value) => value !== 1)).toHaveLength(3)
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

/** values[head] = values[head] · factor + first · second, for the heads listed. */
const perHead = kernel({
  name: 'per_head',
  source: `
    override KV_HEADS: u32;
    struct Head { @align(16) at: u32, first: f32, a: u32, b: u32, second: f32 }
    struct Params { factor: f32, heads: array<Head, KV_HEADS> }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read_write> values: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
      let head = params.heads[group.x];
      values[head.at] = values[head.at] * params.factor + head.first * head.second;
    }`,
  params: { factor: 'f32' },
  heads: { at: 'u32', first: 'f32', a: 'u32', b: 'u32', second: 'f32' },
  bindings: { values: 'write' },
  constants: ['KV_HEADS'],
})

gpuTest('records of many heads arrive, dispatch by dispatch, and those of few', async ({ gpu }) => {
  const KV_HEADS = 40
  const compiled = await gpu.compile(perHead, { KV_HEADS })
  const single = await gpu.compile(step, {})
  const values = gpu.upload(new Float32Array(KV_HEADS))
  const heads = Array.from({ length: KV_HEADS }, (_, at) => {
    return { at, first: at, a: 7, b: 7, second: 0.5 }
  })
  const rounds = 300 // of 1,296 bytes of parameters each, which exceed one submit
  for (let round = 0; round < rounds; round++) {
    gpu.recorder.run(compiled, { factor: 1, heads }, { values }, [KV_HEADS])
    gpu.recorder.run(single, { at: 1, factor: 1, term: 1 }, { values }, [1])
  }
  const few = [heads[3]!, heads[39]!]
  gpu.recorder.run(compiled, { factor: 2, heads: few }, { values }, [few.length])
  gpu.recorder.submit()
  const expected = heads.map(({ at }) => (at * rounds) / 2 + (at === 1 ? rounds : 0))
  for (const { at } of few) expected[at] = 2 * expected[at]! + at / 2
  expect(await gpu.readValues(values)).toEqual(Float32Array.from(expected))
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
