// What a chunk and a token cost in calls, for shapes of real models. A change of these numbers is meant, or a mistake.
import { expect, test } from 'vitest'
import { countSteps } from './counted_steps.ts'
import { reportSteps } from './report_steps.ts'
import { shapes } from './shapes.ts'

test.each([
  ['smollm-135m', 696, 184],
  ['qwen-0.5b', 292, 148],
  ['qwen-0.8b', 878, 202],
  ['llama-1b', 196, 100],
] as const)(
  '%s: %d dispatches a chunk with eviction, %d a token, nothing made, and a word read',
  async (name, chunkDispatches, tokenDispatches) => {
    const { chunk, token, blocks } = await countSteps(shapes[name])
    expect(chunk.calls.dispatches).toBe(chunkDispatches)
    expect(token.calls.dispatches).toBe(tokenDispatches)
    for (const { calls, steps } of [chunk, token]) {
      expect(calls.buffersCreated).toBe(0)
      expect([...steps.values()].reduce((a, b) => a + b)).toBe(calls.dispatches)
    }
    expect(chunk.calls.bytesReadBack).toBe(4) // whether a number went wrong
    expect(token.calls).toMatchObject({ submits: 1, bytesReadBack: 4 })
    expect(chunk.calls.submits).toBeLessThanOrEqual(2 * blocks.length)
  },
)

test.each(['stories', 'qwen-0.8b'] as const)('%s: every step has its work', async (name) => {
  const { chunk, token } = await countSteps(shapes[name])
  for (const { steps, works } of [chunk, token])
    expect([...steps.keys()].sort()).toEqual([...works.keys()].sort())
})

test('the table has both', async () => {
  const counted = await countSteps(shapes.stories)
  const text = reportSteps(new Map([['stories', counted]]))
  expect(text).toMatch(/\| project qkv +\| +5 \|/)
})
