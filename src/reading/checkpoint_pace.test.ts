import { describe, expect, it } from 'vitest'
import { createCheckpointPace } from './checkpoint_pace.ts'

/** Reads for so long, with a chance every `chunkMs`. @returns ms at which checkpoints began, and ms that they took */
function read(readMs: number, chunkMs: number, everyMs: number, bytes: number, ms: number) {
  let now = 0
  const pace = createCheckpointPace(everyMs, () => now)
  const at: number[] = []
  for (let read = 0; read < readMs; read += chunkMs) {
    now += chunkMs
    if (!pace.isDue(bytes)) continue
    at.push(now)
    now += ms
    pace.made(bytes, ms)
  }
  return { at, took: at.length * ms, all: now }
}

describe('the pace of checkpoints', () => {
  it('keeps the time between two where they take little', () => {
    const { at } = read(600_000, 1_000, 60_000, 10 * 2 ** 20, 100)
    expect(at).toHaveLength(10)
    expect(at[0]).toBe(60_000)
  })

  it.each([
    [300_000, 2 ** 28, 5_000],
    [3_600_000, 2 ** 28, 5_000],
    [3_600_000, 2 ** 20, 9_000],
  ])('of a reading of %i ms, %i bytes each, takes at most 2 %%', (readMs, bytes, ms) => {
    const { took, all } = read(readMs, 500, 60_000, bytes, ms)
    // the first is made on an expectation, which may be wrong once
    expect(took).toBeLessThanOrEqual(0.02 * all + ms)
  })

  it('makes one at every chance where it is told to', () => {
    expect(read(5_000, 1_000, 0, 2 ** 30, 10_000).at).toHaveLength(5)
  })
})
