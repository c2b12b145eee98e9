import { expect, it } from 'vitest'
import { choiceKey, keptIn, type Choice } from './kept_choice.ts'
import type { LayerMatrix } from './own_products.ts'

const adapter = { vendor: 'acme', architecture: 'one', device: '', description: 'Acme 1' }
const matrices: readonly LayerMatrix[] = [{ storage: 'q4', ins: 896, outs: 9728, buffers: [] }]
const key = choiceKey(adapter, matrices, 512)

it('keeps a choice apart from those of other GPUs and other shapes', () => {
  const others = [
    choiceKey({ ...adapter, description: 'Acme 2' }, matrices, 512),
    choiceKey(adapter, [{ ...matrices[0]!, storage: 'q8' }], 512),
    choiceKey(adapter, [{ ...matrices[0]!, outs: 9729 }], 512),
    choiceKey(adapter, matrices, 256),
    choiceKey(undefined, matrices, 512),
  ]
  expect(new Set([key, ...others]).size).toBe(6)
  expect(choiceKey({ ...adapter }, matrices, 512)).toBe(key)
})

it('keeps nothing where there are no files', async () => {
  const choices = keptIn(undefined)
  await choices.keep(key, { steps: [], dropped: [] } satisfies Choice)
  expect(await choices.find(key)).toBeUndefined()
})
