import { describe, expect, it } from 'vitest'
import { thin } from './thin.ts'

describe('thin', () => {
  it('keeps the first and the last of many', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ tokens: i * 100 }))
    const few = thin(many)
    expect(few).toHaveLength(240)
    expect(few[0]).toBe(many[0])
    expect(few.at(-1)).toBe(many.at(-1))
  })

  it('leaves a few alone', () => {
    const few = Array.from({ length: 240 }, (_, i) => i)
    expect(thin(few)).toBe(few)
  })
})
