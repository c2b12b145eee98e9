import { expect, test } from 'vitest'
import { codes4, type Codes4 } from './codes4.ts'

/** As onnxruntime reads them. */
function valuesOf({ codes, scales }: Codes4): number[] {
  return [...codes].flatMap((pair, i) => {
    const scale = scales[Math.floor(i / 16)] ?? 0
    return [scale * ((pair & 15) - 8), scale * ((pair >> 4) - 8)]
  })
}

test('values of sixteen steps come back as they are', () => {
  const steps = Array.from({ length: 32 }, (_, i) => ((i % 16) - 8) / 4)
  expect(valuesOf(codes4(Float32Array.from([...steps, ...steps]), 64))).toEqual([
    ...steps,
    ...steps,
  ])
})

test('a block whose largest weight is positive turns its sign', () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => i / 31)
  const near = valuesOf(codes4(values, 32))
  expect(near[31]).toBeCloseTo(1)
  const worst = Math.max(...near.map((value, i) => Math.abs(value - (values[i] ?? 0))))
  expect(worst).toBeLessThanOrEqual(1 / 16 + 1e-6)
})

test('a block of zeros is zeros', () => {
  expect(new Set(valuesOf(codes4(new Float32Array(32), 32)))).toEqual(new Set([0]))
})

test('rows that are no whole blocks are refused', () => {
  expect(() => codes4(new Float32Array(48), 48)).toThrow('rows of 48 are no whole blocks of 32')
})
