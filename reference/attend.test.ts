import { expect, test } from 'vitest'
import { append } from './append.ts'
import { attend } from './attend.ts'
import { emptyCache, inEveryHead } from './model.ts'
import { keyPositions } from './positions.ts'
import { uniform } from './random.ts'
import { attentionShape } from '../src/testing/attention.ts'
import { plainRotary } from '../src/model/rotary_config.ts'
import { rotate } from './rotary.ts'

const shape = attentionShape(4, 2, 6, { rotary: plainRotary(100, 6) })
const width = 8 * 6

function randomRows(rows: number, seed: number): Float32Array {
  return Float32Array.from({ length: rows * width }, (_, i) => 4 * uniform(seed, i) - 2)
}

/** Attention of rows whose keys go to the same slots, at the given positions. */
function run(qkv: Float32Array, slots: number, firstSlot: number, positions: Uint32Array) {
  const cache = emptyCache(shape, slots)
  const firstSlots = inEveryHead(shape, firstSlot)
  append(qkv, cache, shape, firstSlots, 0)
  return attend(qkv, cache, positions, shape, firstSlots)
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
}

test('the first token can only attend to itself', () => {
  const qkv = randomRows(1, 1)
  const values = qkv.subarray(6 * 6)
  const expected = Float32Array.from([
    ...values.subarray(0, 6),
    ...values.subarray(0, 6),
    ...values.subarray(6),
    ...values.subarray(6),
  ])
  expectClose(run(qkv, 1, 0, Uint32Array.of(0, 0)), expected)
})

test('KV heads with slots of their own number attend as each would alone', () => {
  const qkv = randomRows(3, 5)
  const firstSlots = [0, 6]
  const cache = emptyCache(shape, [4, 9])
  append(randomRows(6, 6), cache, shape, [0, 0], 0) // head 0 is overwritten below
  append(qkv, cache, shape, firstSlots, 6)
  const output = attend(qkv, cache, keyPositions('slot', cache), shape, firstSlots)
  const alone = run(qkv, 3, 0, Uint32Array.from([0, 1, 2, 0, 1, 2]))
  for (let row = 0; row < 3; row++) {
    const group = (all: Float32Array) => all.subarray(row * 24, row * 24 + 12) // heads of KV head 0
    expectClose(group(output), group(alone))
    expect(output.subarray(row * 24 + 12)).not.toEqual(alone.subarray(row * 24 + 12))
  }
})

test('later tokens change nothing for earlier ones', () => {
  const qkv = randomRows(5, 2)
  const positions = Uint32Array.from({ length: 10 }, (_, i) => i % 5)
  const all = run(qkv, 5, 0, positions)
  const two = run(qkv.subarray(0, 2 * width), 5, 0, positions)
  expectClose(all.subarray(0, two.length), two)
})

test('a window hides all but the newest slots', () => {
  const qkv = randomRows(5, 2)
  const positions = Uint32Array.from({ length: 10 }, (_, i) => i % 5)
  const cache = emptyCache(shape, 5)
  append(qkv, cache, shape, [0, 0], 0)
  const look = (window: number | undefined) =>
    attend(qkv, cache, positions, { ...shape, window }, [0, 0]).slice(-24) // the last row
  const before = [look(2), look(undefined)] as const
  cache.values.fill(9, 0, 3 * 6) // slots 0 to 2 of KV head 0
  expectClose(look(2), before[0])
  expect(look(undefined)).not.toEqual(before[1])
})

test('only differences of positions count', () => {
  const qkv = randomRows(4, 3)
  const at = (first: number) => Uint32Array.from({ length: 8 }, (_, i) => first + (i % 4))
  expectClose(run(qkv, 4, 0, at(0)), run(qkv, 4, 0, at(37)))
})

test('equal keys share attention evenly', () => {
  const qkv = randomRows(3, 4)
  const keys = qkv.slice(4 * 6, 6 * 6)
  for (const row of [1, 2]) qkv.set(keys, row * width + 4 * 6)
  const output = run(qkv, 3, 0, new Uint32Array(6)) // all at position 0
  const mean = (dim: number) =>
    [0, 1, 2].reduce((sum, row) => sum + qkv[row * width + 6 * 6 + dim]! / 3, 0)
  // head 0 of the last row reads KV head 0
  const last = output.subarray(2 * 24, 2 * 24 + 6)
  expectClose(
    last,
    Float32Array.from({ length: 6 }, (_, dim) => mean(dim)),
  )
})

test('a turn keeps lengths, undoes itself and leaves the rest of a head alone', () => {
  const rotary = plainRotary(10_000, 4)
  const vector = Float32Array.of(1, 2, 3, 4, 5, 6)
  const turned = rotate(vector, 9, rotary)
  expect(Math.hypot(turned[2]!, turned[3]!)).toBeCloseTo(5, 5)
  expect([...turned.subarray(4)]).toEqual([5, 6])
  expectClose(rotate(turned, -9, rotary), vector)
  expectClose(
    rotate(Float32Array.of(1, 0, 0, 0), 1, rotary),
    Float32Array.of(Math.cos(1), Math.sin(1), 0, 0),
  )
})
