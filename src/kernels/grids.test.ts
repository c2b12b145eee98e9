// Grids cover every output, and no dimension exceeds what WebGPU guarantees.
import { expect, test } from 'vitest'
import { projectTokenGrid } from './project_token.ts'

const mostWorkgroups = 65_535

const outputs = [1, 4, 5, 152_064, 4 * mostWorkgroups, 4 * mostWorkgroups + 1, 1_000_003, 2 ** 24]

test.each(outputs)('project_token folds %d outputs', (outs) => {
  for (const [lanes, rows] of [
    [256, 4],
    [64, 4],
    [32, 8],
  ] as const) {
    const [x, y] = projectTokenGrid(outs, lanes)
    expect(Math.max(x, y)).toBeLessThanOrEqual(mostWorkgroups)
    expect(rows * x * y).toBeGreaterThanOrEqual(outs)
    expect(rows * x * y, 'idle workgroups').toBeLessThan(outs + rows + rows * y)
  }
})
