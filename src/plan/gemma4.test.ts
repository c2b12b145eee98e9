// What Gemma 4 E2B takes: nothing for the units of its shared layers, nothing on the GPU for its table.
import { expect, it } from 'vitest'
import { describe } from '../model/config.ts'
import { weightBytes } from '../model/weights.ts'
import { gemma4E2B } from '../testing/gemma4_e2b.ts'
import { keyValueBytes } from './cache_bytes.ts'
import { planOf } from './fit.ts'
import { requireWorkgroupFit } from './workgroup_fit.ts'

const model = describe(gemma4E2B, {})
const plan = planOf(model, { storage: { weights: 'f16', cache: 'f16' } }, undefined)

it('keeps units in 15 of 35 layers, in three of them with heads twice as large', () => {
  expect(keyValueBytes(model, 'f16')).toBe(2 * 2 * (12 * 256 + 3 * 512))
  const kept = plan.capacities.map((heads) => heads.length)
  expect(kept).toEqual([...Array<number>(15).fill(1), ...Array<number>(20).fill(0)])
})

it('has 2.3 billion numbers on the GPU, and 2.35 in the table that stays in the file', () => {
  expect(weightBytes(model, 'f16', 0) / 2).toBeCloseTo(2.28e9, -7.5)
  expect(model.vocabulary * model.layers * (model.layerInputWidth ?? 0)).toBeCloseTo(2.35e9, -7.5)
})

it('fits the workgroup memory that every device has, and is refused with both numbers where there is less', () => {
  expect(() => requireWorkgroupFit(plan, 16_384)).not.toThrow()
  expect(() => requireWorkgroupFit(plan, 8192)).toThrow(
    /heads of size 512 need \d+ bytes of workgroup memory but this device allows 8192/,
  )
})
