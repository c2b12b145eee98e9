import { expect, test } from 'vitest'
import { bake, kernel, paramBytes } from './kernel.ts'

const scale = kernel({
  name: 'scale',
  source: 'override WIDTH: u32;\noverride  WIDE : u32 ;\nconst QUADS = WIDTH / 4u;',
  params: { a: 'u32', b: 'f32', c: 'u32', d: 'u32', e: 'u32' },
  bindings: { x: 'write' },
  constants: ['WIDTH', 'WIDE'],
})

test('overrides become constants', () => {
  expect(bake(scale, { WIDTH: 40, WIDE: 7 })).toBe(
    'const WIDTH: u32 = 40u;\nconst WIDE: u32 = 7u;\nconst QUADS = WIDTH / 4u;',
  )
})

test('a constant without a value is an error', () => {
  expect(() => bake(scale, { WIDTH: 40 })).toThrow('kernel scale needs the constant WIDE')
})

test('the uniform struct is whole vec4s, at least one', () => {
  expect(paramBytes(scale, {})).toBe(32)
  expect(paramBytes({ ...scale, params: { a: 'u32' } }, {})).toBe(16)
  expect(paramBytes({ ...scale, params: {} }, {})).toBe(16)
})

test('behind them comes a record of whole vec4s for every KV head', () => {
  const heads = { first: 'u32', second: 'f32', third: 'u32', fourth: 'u32', fifth: 'u32' } as const
  const perHead = { ...scale, heads }
  expect(paramBytes(perHead, { KV_HEADS: 3 })).toBe(32 + 3 * 32)
  expect(paramBytes({ ...perHead, params: {} }, { KV_HEADS: 3 })).toBe(3 * 32)
  expect(() => paramBytes(perHead, {})).toThrow('kernel scale needs the constant KV_HEADS')
})
