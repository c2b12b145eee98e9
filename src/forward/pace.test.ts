import { afterEach, expect, test, vi } from 'vitest'
import { createPace } from './pace.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const plan = { longestBlock: 2048 }

/** A pace whose GPU takes `submitMs` for every submit, and the block lengths of a chunk read with it. */
function openPace(submitMs: number | (() => number)) {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const pace = createPace({
    onSubmittedWorkDone() {
      now += typeof submitMs === 'number' ? submitMs : submitMs()
      return Promise.resolve(undefined)
    },
  })
  const read = async (tokens: number) => {
    const blocks: number[] = []
    for (let left = tokens; left > 0; left -= blocks.at(-1) ?? 0) {
      blocks.push(pace.nextBlock(left, plan))
      await pace.layerDone(() => undefined)
      await Promise.resolve() // the measurement is recorded
    }
    await pace.finish(() => undefined)
    return blocks
  }
  return read
}

test('blocks begin small and grow to the longest on a fast GPU, at most twofold each', async () => {
  const read = openPace(1)
  const first = await read(8192)
  expect(first[0]).toBe(64)
  first.forEach((rows, i) => {
    expect(rows).toBeLessThanOrEqual(2 * (first[i - 1] ?? 32))
  })
  expect(await read(4096)).toEqual([2048, 2048])
})

test('blocks stay small on a slow GPU, and are alike in length', async () => {
  const read = openPace(1000)
  expect(await read(192)).toEqual([64, 64, 64])
  expect(await read(130)).toEqual([44, 43, 43])
})

test('blocks shrink where a layer takes longer than before', async () => {
  let submitMs = 1
  const read = openPace(() => submitMs)
  expect((await read(8192)).at(-1)).toBeGreaterThan(512)
  submitMs = 400
  expect((await read(65_536)).at(-1)).toBeLessThan(256)
})
