import { afterEach, expect, test, vi } from 'vitest'
import { createPace } from './pace.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const plan = { block: 512, longestBlock: 2048 }

/** A pace whose GPU takes `submitMs` for every submit, and the block lengths of a chunk read with it. */
function openPace(submitMs: number) {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const pace = createPace({
    onSubmittedWorkDone() {
      now += submitMs
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

test('blocks grow to the longest on a fast GPU, at most twofold each', async () => {
  const read = openPace(1)
  const first = await read(8192)
  expect(first[0]).toBe(512)
  first.forEach((rows, i) => {
    expect(rows).toBeLessThanOrEqual(2 * (first[i - 1] ?? 256))
  })
  expect(await read(4096)).toEqual([2048, 2048])
})

test('blocks stay as planned on a slow GPU, and are alike in length', async () => {
  const read = openPace(1000)
  expect(await read(1024)).toEqual([512, 512])
  expect(await read(1026)).toEqual([342, 342, 342])
})

test('on a browser that tells of finished work on a timer, submits grow to a tick', async () => {
  const tick = 100
  const layerMs = 4
  let now = 0
  let ends = 0 // of the work that was submitted
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const pace = createPace({
    async onSubmittedWorkDone() {
      const told = tick * (Math.floor(Math.max(now, ends) / tick) + 1)
      await Promise.resolve()
      now = Math.max(now, told)
    },
  })
  for (let turn = 0; turn < 9; turn++) await Promise.resolve() // an idle queue has answered twice
  let layers = 0
  let submits = 0
  const submit = () => {
    ends = Math.max(now, ends) + layerMs * layers
    layers = 0
    submits++
  }
  for (let layer = 0; layer < 480; layer++) {
    layers++
    await pace.layerDone(submit)
  }
  await pace.finish(submit)
  expect(submits).toBeLessThan(480 / 10) // a tick holds 25 layers; a pace that takes the tick for work sends each by itself
})
