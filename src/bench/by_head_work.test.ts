import { expect, test } from 'vitest'
import { makePlan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import { countWork } from './by_head_work.ts'
import { describeShape, shapes } from './shapes.ts'

const model = describeShape(shapes.stories) // 5 layers of 4 KV heads, two query heads each
const shares = Array.from({ length: 5 }, () => [1, 1, 1, 20])
const settings = {
  budget: 40,
  chunk: 32,
  tail: 8,
  local: 4,
  policy: { name: 'locret', stabilizers: 2 },
} as const
const tile = { QUERIES: 32, SLOTS: 8 }

function counted(allocation: 'even' | 'by-head') {
  const resolved = resolveSettings({ ...settings, allocation }, model, { heads: { shares } })
  const work = countWork(makePlan(model, resolved, 64, 0, shares), tile)
  return Object.fromEntries(work.map(({ kernel, ...counts }) => [kernel, counts]))
}

test('even budgets, by hand', () => {
  const { attend_chunk, select, attend_token, compact } = counted('even')
  // 64 rows are two tiles of queries; the first 16 tokens see 56 slots, the others 72
  expect(attend_chunk).toEqual({ workgroups: 40, slots: 20 * (56 + 72), longest: 5 * 72 })
  expect(select).toEqual({ workgroups: 20, slots: 20 * 72, longest: 72 }) // all layers at once
  expect(attend_token).toEqual({ workgroups: 20, slots: 20 * 128, longest: 5 * 128 })
  expect(compact).toEqual({ workgroups: 40, slots: 40 * 40, longest: 5 * 40 })
})

test('of budgets that differ, a long head is dealt out, so that none works longer than with even ones', () => {
  const even = counted('even')
  const byHead = counted('by-head')
  // of the 96 units above the minimum of 16 in every head, 20 shares of 23: 83.5, so one head more in every layer
  expect(byHead['select']).toMatchObject({ workgroups: 20, slots: 20 * 72 })
  const most = (byHead['select']?.longest ?? 0) - 32
  expect(Math.abs(most - (16 + 83.5))).toBeLessThan(1)
  expect(byHead['attend_chunk']?.longest).toBeLessThanOrEqual(even['attend_chunk']?.longest ?? 0)
  expect(byHead['attend_chunk']?.workgroups).toBeGreaterThan(40)
})
