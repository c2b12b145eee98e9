// Grids cover every output, and no dimension exceeds what WebGPU guarantees.
import { expect, test } from 'vitest'
import { projectTokenGrid } from './project_token.ts'

const mostWorkgroups = 65_535

test.each([1, 4, 5, 152_064, 4 * mostWorkgroups, 4 * mostWorkgroups + 1, 1_000_003, 2 ** 24])(
  'project_token folds %d outputs',
  (outs) => {
    const [x, y] = projectTokenGrid(outs)
    expect(Math.max(x, y)).toBeLessThanOrEqual(mostWorkgroups)
    expect(4 * x * y).toBeGreaterThanOrEqual(outs)
    expect(4 * x * y, 'idle workgroups').toBeLessThan(outs + 4 + 4 * y)
  },
)
