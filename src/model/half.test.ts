import { describe, expect, it } from 'vitest'
import {
  firstNotFinite,
  fromBrain,
  fromHalf,
  packHalves,
  toBrain,
  toHalf,
  unusableWeight,
} from './half.ts'

const everyHalf = Uint16Array.from({ length: 0x10000 }, (_, i) => i)

/** The definition, in arithmetic of its own: sign · mantissa · power of two. */
function meaning(half: number): number {
  const sign = half >> 15 ? -1 : 1
  const exponent = (half >> 10) & 31
  const mantissa = half & 1023
  if (exponent === 31) return mantissa ? NaN : sign * Infinity
  return exponent === 0
    ? sign * (mantissa / 1024) * 2 ** -14
    : sign * ((1024 + mantissa) / 1024) * 2 ** (exponent - 15)
}

function half(value: number): number {
  const halves = new Uint16Array(1)
  toHalf(Float32Array.of(value), halves)
  return halves[0]!
}

function brain(value: number): number {
  const brains = new Uint16Array(1)
  toBrain(Float32Array.of(value), brains)
  return brains[0]!
}

describe('f16', () => {
  const values = new Float32Array(0x10000)
  fromHalf(everyHalf, values)

  it('decodes every half to what it means', () => {
    const wrong = everyHalf.filter((h) => !Object.is(values[h], Math.fround(meaning(h))))
    expect([...wrong]).toEqual([])
  })

  it('encodes every decoded half to itself, NaN to a NaN', () => {
    const again = new Uint16Array(0x10000)
    toHalf(values, again)
    const wrong = everyHalf.filter((h) =>
      Number.isNaN(values[h]!) ? !Number.isNaN(meaning(again[h]!)) : again[h] !== h,
    )
    expect([...wrong]).toEqual([])
  })

  it('rounds to the nearest half around every midpoint, ties to even', () => {
    const wrong: number[] = []
    const above = (x: number) => shiftUlp(x, 1)
    const below = (x: number) => shiftUlp(x, -1)
    for (let h = 0; h < 0x7bff; h++) {
      const middle = (values[h]! + values[h + 1]!) / 2 // exact in f32
      const tie = h % 2 === 0 ? h : h + 1
      for (const sign of [0, 0x8000]) {
        const s = sign ? -1 : 1
        if (half(s * middle) !== (sign | tie)) wrong.push(s * middle)
        if (half(s * below(middle)) !== (sign | h)) wrong.push(s * below(middle))
        if (half(s * above(middle)) !== (sign | (h + 1))) wrong.push(s * above(middle))
      }
    }
    expect(wrong).toEqual([])
  })

  it('overflows to infinity from 65520 on', () => {
    expect(half(65_519.996)).toBe(0x7bff)
    expect(half(65_520)).toBe(0x7c00)
    expect(half(-1e30)).toBe(0xfc00)
    expect(half(Infinity)).toBe(0x7c00)
    expect(half(-0)).toBe(0x8000)
    expect(half(1e-45)).toBe(0)
  })
})

describe('packing', () => {
  it('puts the even element into the low half', () => {
    const pairs = new Uint32Array(2)
    expect(packHalves(Float32Array.of(1, -2, 0.5, 65_504), pairs)).toBe(-1)
    expect([...pairs]).toEqual([0xc000_3c00, 0x7bff_3800])
  })

  it('leaves the last high half of an odd row empty', () => {
    const pairs = Uint32Array.of(9, 9, 9)
    expect(packHalves(Float32Array.of(1, 1, 1), pairs)).toBe(-1)
    expect([...pairs]).toEqual([0x3c00_3c00, 0x3c00, 9])
  })

  it('packs a row in the middle of a buffer', () => {
    const rows = Float32Array.of(9, 9, 9, 1, 2, 9)
    const pairs = new Uint32Array(1)
    packHalves(rows.subarray(3, 5), pairs)
    expect([...pairs]).toEqual([0x4000_3c00])
  })

  it.each([NaN, Infinity, -Infinity, 65_520, -70_000])('finds %d at any place', (bad) => {
    for (const length of [1, 2, 7, 8]) {
      for (let place = 0; place < length; place++) {
        const row = new Float32Array(length).fill(65_504)
        row[place] = bad
        expect(packHalves(row, new Uint32Array(4))).toBe(place)
      }
    }
  })

  it('names the first of several', () => {
    expect(packHalves(Float32Array.of(1, 2, 1e6, NaN), new Uint32Array(2))).toBe(2)
    expect(firstNotFinite(Float32Array.of(1, 1e6, -Infinity, NaN))).toBe(2)
    expect(firstNotFinite(Float32Array.of(1, 1e6))).toBe(-1)
  })

  it('tells a damaged weight from one too large', () => {
    expect(unusableWeight('w', NaN).message).toMatch(/tensor w holds NaN; .* damaged/)
    expect(unusableWeight('w', 7e4).message).toMatch(/tensor w holds 70000, .* weights f32/)
  })
})

describe('bf16', () => {
  it('decodes to the upper half of an f32, and back to itself', () => {
    const values = new Float32Array(0x10000)
    fromBrain(everyHalf, values)
    expect([values[0x3f80], values[0xc040], values[0x7f80]]).toEqual([1, -3, Infinity])
    const again = new Uint16Array(0x10000)
    toBrain(values, again)
    const wrong = everyHalf.filter((b) =>
      (b & 0x7fff) > 0x7f80 ? (again[b]! & 0x7fff) <= 0x7f80 : again[b] !== b,
    )
    expect([...wrong]).toEqual([])
  })

  it('rounds to nearest, ties to even', () => {
    expect(brain(1 + 2 ** -8)).toBe(0x3f80)
    expect(brain(1 + 3 * 2 ** -8)).toBe(0x3f82)
    expect(brain(shiftUlp(1 + 2 ** -8, 1))).toBe(0x3f81)
    expect(brain(3.4028235e38)).toBe(0x7f80)
  })

  it('keeps a NaN whose mantissa lies in the lost bits', () => {
    const nan = new Float32Array(Uint32Array.of(0x7f80_0001).buffer)
    const brains = new Uint16Array(1)
    toBrain(nan, brains)
    expect(brains[0]! & 0x7fff).toBeGreaterThan(0x7f80)
  })
})

/** The f32 that many steps further from zero, for positive values. */
function shiftUlp(value: number, steps: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]! += steps
  return new Float32Array(bits.buffer)[0]!
}
