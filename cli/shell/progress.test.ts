import { describe as suite, expect, it } from 'vitest'
import { describe } from './progress.ts'

suite('describe', () => {
  it('says how far reading is, how fast and what it holds', () => {
    const line = describe({
      phase: 'read',
      done: 12_345,
      perSecond: 1234.4,
      secondsLeft: 11.2,
      share: 0.379,
      gpuBytes: 85_200_000,
    })
    expect(line).toBe('reading: 12,345 tokens, 37 %, 1,234 tokens/s, 12 s left, 85.2 MB on the GPU')
  })

  it('leaves out what is not known', () => {
    expect(describe({ phase: 'read', done: 5, perSecond: 2, gpuBytes: 0 })).toBe(
      'reading: 5 tokens, 2 tokens/s, 0.0 MB on the GPU',
    )
    expect(describe({ phase: 'load', done: 5e6, perSecond: 1e6, gpuBytes: 0 })).toBe(
      'loading: 5.0 MB',
    )
  })

  it('gives a percentage of totals, none of an empty one', () => {
    const at = { done: 3, perSecond: 1, gpuBytes: 0 }
    expect(describe({ phase: 'compile', total: 4, ...at })).toBe('compiling: 3 shaders, 75 %')
    expect(describe({ phase: 'compile', total: 0, ...at, done: 0 })).toBe('compiling: 0 shaders')
  })
})
