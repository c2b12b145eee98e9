// Quantised keys and values end to end: compared with the reference, which quantises alike, and with an exact cache.
import { describe, expect, test } from 'vitest'
import { complete } from '../../reference/locret.ts'
import { retained } from '../../reference/prefill.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { expectShownBytes } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import {
  ask,
  firstLogits,
  kept,
  open,
  read,
  tokens,
  usualBut,
  type UsualOverrides,
} from '../testing/small_engine.ts'
import type { CacheStorage } from '../api/settings.ts'

const model = randomModel({ ...smallShape, headSize: 16 }, 7)

/** four chunks and three evictions, the last chunk shorter */
const text = tokens.subarray(0, 180)

const gpu = gpuOfFile()

/** Root mean square of the differences. */
function distance(got: Float32Array, expected: Float32Array): number {
  const squares = got.map((value, i) => (value - expected[i]!) ** 2)
  return Math.sqrt(squares.reduce((sum, square) => sum + square) / squares.length)
}

async function logitsOf(cache: CacheStorage): Promise<Float32Array> {
  const engine = await open(gpu, { policy: 'full', storage: { cache } }, undefined, model)
  return firstLogits(engine, await read(engine, tokens))
}

describe('reading, evicting and answering agree with the reference, whose cache loses the same', () => {
  test.each([
    ['int8', { policy: 'full' }], // its cache grows
    ['int8', { policy: { name: 'knorm', sinks: 4 } }],
    ['int4', { policy: 'full' }],
    ['int4', { policy: 'locret' }],
    ['int4', { policy: 'keydiff', positions: 'original' }],
    ['int4', { policy: { name: 'h2o', sinks: 4 } }],
  ] as ['int8' | 'int4', UsualOverrides][])('%s %o', async (cache, settings) => {
    const engine = await open(gpu, { ...settings, storage: { cache } }, undefined, model)
    const tail = await read(engine, text)
    const expected = complete(
      model.reference,
      text,
      usualBut({ ...settings, storage: { cache } }),
      4,
    )
    expect(await kept(engine)).toEqual(retained(expected.document))
    // a value halfway between two codes may be rounded either way
    const logits = await firstLogits(engine, tail)
    expect(distance(logits, expected.firstLogits)).toBeLessThan(0.01)
    expect(await ask(engine, tail, 4)).toEqual(expected.ids)
  })
})

test('what codes cost: logits with an RMS of 3.1 change by 0.1 at most in int8, 1 in int4', async () => {
  const exact = await logitsOf('f32')
  expect(distance(exact, new Float32Array(exact.length))).toBeGreaterThan(3)
  const int8 = distance(await logitsOf('int8'), exact)
  const int4 = distance(await logitsOf('int4'), exact)
  expect(int8).toBeLessThan(0.1)
  expect(int4).toBeLessThan(1)
  expect(int8).toBeLessThan(int4 / 8)
})

test.each(['int8', 'int4'] as const)(
  '%s takes exactly the bytes that were shown',
  async (cache) => {
    await expectShownBytes(gpu, () => open(gpu, { storage: { cache } }, undefined, model))
  },
)
