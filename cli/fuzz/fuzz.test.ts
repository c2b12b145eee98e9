// The short form of `npm run fuzz`: whatever is damaged, a file is read or refused with one sentence.
import { expect, test } from 'vitest'
import { inputOf, readInput } from './input.ts'
import { readers } from './readers.ts'

const seed = 20261129

test.each(Object.entries(readers))('%s: read, or refused with a sentence', async (_, reader) => {
  let read = 0
  for (let round = 0; round < reader.short; round++) {
    const input = await inputOf(reader, seed, round)
    const outcome = await readInput(reader, input).catch((cause: unknown) => {
      throw new Error(`round ${round} of seed ${seed}: ${String(cause)}`, { cause })
    })
    if (outcome === 'read') read++
  }
  expect(read / reader.short).toBeGreaterThanOrEqual(reader.share[0])
  expect(read / reader.short).toBeLessThanOrEqual(reader.share[1])
})

test.each(Object.entries(readers))('%s: reads what is not damaged', async (_, reader) => {
  for (const file of await reader.files()) expect(await readInput(reader, file)).toBe('read')
})
