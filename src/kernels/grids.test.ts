// Grids cover every output, and no dimension exceeds WebGPU's guaranteed limit.
import { expect, test } from 'vitest'
import { capLogitsGrid } from './cap_logits.ts'
import { matmulGrid, matmulSide } from './matmul.ts'
import { matvecGrid } from './matvec.ts'

const mostWorkgroups = 65_535

const outputs = [1, 4, 5, 152_064, 4 * mostWorkgroups, 4 * mostWorkgroups + 1, 1_000_003, 2 ** 24]

test.each(outputs)('matvec folds %d outputs', (outs) => {
  for (const [lanes, rows] of [
    [256, 4],
    [64, 4],
    [32, 8],
  ] as const) {
    const [x, y] = matvecGrid(outs, lanes)
    expect(Math.max(x, y)).toBeLessThanOrEqual(mostWorkgroups)
    expect(rows * x * y).toBeGreaterThanOrEqual(outs)
    expect(rows * x * y, 'idle workgroups').toBeLessThan(outs + rows + rows * y)
  }
})

test.each([1, 256, 257, 64 * 262_144, 64 * 262_144 + 1])('cap_logits folds %d logits', (count) => {
  const [x, y] = capLogitsGrid(count)
  expect(Math.max(x, y)).toBeLessThanOrEqual(mostWorkgroups)
  expect(256 * x * y).toBeGreaterThanOrEqual(count)
})

test('matmul takes the large tile only where there is enough to do and it is not half empty', () => {
  expect(matmulSide(896, 2304)).toBe(64)
  expect(matmulSide(896, 2305)).toBe(128)
  expect(matmulSide(151_936, 64)).toBe(64)
  expect(matmulSide(151_936, 65)).toBe(128)
  for (const side of [64, 128] as const) {
    const [x, y] = matmulGrid(9729, 513, side)
    expect([x * side >= 9729, y * side >= 513]).toEqual([true, true])
    expect([(x - 1) * side < 9729, (y - 1) * side < 513]).toEqual([true, true])
  }
})
