// The page of what is verified is that of the code and the fixtures as they are now.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compared, keptAgreements } from './agreement.ts'
import { familyFixtures } from './fixtures.ts'
import { documentMemory } from './memory.ts'
import { compatPage, compatPath } from './page.ts'
import { describe } from '../../src/model/config.ts'

test('docs/guide/compat.md is up to date; npm run compat makes it', async () => {
  expect(await readFile(compatPath, 'utf8')).toBe(await compatPage())
})

test('every fixture was measured, and agrees; npm run compat -- --measure does it', async () => {
  const { fixtures } = await keptAgreements()
  const existing = await familyFixtures()
  expect(Object.keys(fixtures)).toEqual(existing.map(({ name }) => name))
  for (const { name, gguf } of existing) {
    const agreement = fixtures[name]!
    const asked = compared.filter((one) => one !== 'evicted' && (one !== 'GGUF' || gguf?.isSame))
    expect(Object.keys(agreement), name).toEqual(expect.arrayContaining(asked))
    const { difference, largest, same, of } = agreement.f32!
    expect(difference / largest, name).toBeLessThan(1e-3)
    expect([same, of], name).toEqual([of, 8])
  }
})

test('states are what layers without attention keep', () => {
  const shape = {
    ...{ hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 4, vocab_size: 1000 },
    ...{ num_attention_heads: 16, num_key_value_heads: 8, max_position_embeddings: 128_000 },
  }
  const attention = documentMemory(describe({ model_type: 'llama', ...shape }, {}))
  const layer_types = ['conv', 'full_attention', 'conv', 'full_attention']
  const hybrid = documentMemory(describe({ model_type: 'lfm2', ...shape, layer_types }, {}))
  expect(attention.states).toBe(0)
  expect(attention.full).toBe(100_000 * 4 * 8 * 2 * 64 * 2)
  expect(hybrid.full).toBe(attention.full / 2)
  expect(hybrid.states).toBeGreaterThanOrEqual(2 * 2 * 4 * 1024 * 2)
  expect(hybrid.fixed - hybrid.states).toBeLessThan(attention.fixed)
})
