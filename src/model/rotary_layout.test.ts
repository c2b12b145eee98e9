import { describe, expect, it } from 'vitest'
import {
  halvesDimension,
  halvesRow,
  interleavedDimension,
  interleavedRow,
  retainingHeadColumns,
} from './rotary_layout.ts'
import { tinyModel } from './tiny_model.fixture.ts'

const shapes = [
  [2, 2],
  [8, 8],
  [16, 4],
  [96, 96],
  [128, 64],
  [6, 0],
] as const

describe.each(shapes)('heads of %d, %d of them rotated', (headSize, rotated) => {
  const half = rotated / 2
  const dims = Array.from({ length: headSize }, (_, i) => i)

  it('has an inverse both ways', () => {
    expect(dims.map((i) => halvesDimension(interleavedDimension(i, rotated), rotated))).toEqual(
      dims,
    )
    expect(dims.map((i) => interleavedDimension(halvesDimension(i, rotated), rotated))).toEqual(
      dims,
    )
    const rows = Array.from({ length: 3 * headSize }, (_, i) => i)
    const there = rows.map((row) => interleavedRow(row, headSize, rotated))
    expect(there.map((row) => halvesRow(row, headSize, rotated))).toEqual(rows)
    expect(there.every((row, i) => Math.floor(row / headSize) === Math.floor(i / headSize))).toBe(
      true,
    )
  })

  it('brings every pair together', () => {
    for (let i = 0; i < half; i++) {
      expect(interleavedDimension(i, rotated)).toBe(2 * i)
      expect(interleavedDimension(i + half, rotated)).toBe(2 * i + 1)
    }
    for (let i = rotated; i < headSize; i++) expect(interleavedDimension(i, rotated)).toBe(i)
  })

  it('rotates the same either way', () => {
    const head = dims.map((i) => Math.sin(1 + 7 * i))
    const angle = (pair: number) => 5 * 10_000 ** ((-2 * pair) / rotated)
    const turn = (x: number, y: number, pair: number) => [
      x * Math.cos(angle(pair)) - y * Math.sin(angle(pair)),
      y * Math.cos(angle(pair)) + x * Math.sin(angle(pair)),
    ]
    const byHalves = [...head]
    for (let i = 0; i < half; i++) {
      ;[byHalves[i], byHalves[i + half]] = turn(head[i]!, head[i + half]!, i) as [number, number]
    }
    const interleaved = dims.map((i) => head[halvesDimension(i, rotated)]!)
    const byPairs = [...interleaved]
    for (let i = 0; i < half; i++) {
      const turned = turn(interleaved[2 * i]!, interleaved[2 * i + 1]!, i) as [number, number]
      ;[byPairs[2 * i], byPairs[2 * i + 1]] = turned
    }
    expect(byPairs).toEqual(dims.map((i) => byHalves[halvesDimension(i, rotated)]!))
  })
})

it('reorders the columns of a retaining head so that its output stays', () => {
  const model = tinyModel()
  const columns = retainingHeadColumns(model, 1)
  const width = (6 + 2 * 2) * 4
  expect(columns).toHaveLength(width)
  expect([...columns.slice(0, 8)]).toEqual([0, 2, 1, 3, 4, 6, 5, 7])
  expect([...columns.slice(-8)]).toEqual([32, 33, 34, 35, 36, 37, 38, 39]) // v
  const qkv = Float32Array.from({ length: width }, (_, i) => i + 1)
  const fc1 = Float32Array.from({ length: 2 * width }, (_, i) => (i * i) % 17)
  const product = (matrix: Float32Array, vector: Float32Array) =>
    [0, 1].map((row) => vector.reduce((sum, v, i) => sum + v * matrix[row * width + i]!, 0))
  // W_q and W_k rows moved: the engine's q and k come out interleaved.
  const moved = new Float32Array(width)
  qkv.forEach((v, i) => (moved[i < 32 ? interleavedRow(i, 4, 4) : i] = v))
  expect(moved).not.toEqual(qkv)
  const taken = fc1.map((_, i) => fc1[i - (i % width) + columns[i % width]!]!)
  expect(product(taken, moved)).toEqual(product(fc1, qkv))
})
