import { expect, it } from 'vitest'
import { randomGemma4 } from '../testing/random_gemma4.ts'
import { tinyModel } from '../model/tiny_model.fixture.ts'
import { resolveSettings } from './settings.ts'
import { refuseUnlike } from './unlike_layers.ts'

const { description: gemma4 } = randomGemma4()
const beside = { heads: {}, compressor: { merged: 8 } }

it.each([
  [{ policy: { name: 'locret' } }, 'policy locret'],
  [{ policy: { name: 'lococo' } }, 'policy lococo'],
  [{ policy: { name: 'streaming' }, recall: 'units' }, 'recall units'],
] as const)('%o is refused where layers are unlike', (overrides, what) => {
  const settings = { budget: 60, chunk: 40, tail: 24, local: 8, ...overrides }
  expect(() => resolveSettings(settings, gemma4, beside)).toThrow(
    `${what} needs layers that are all alike, and layers of this gemma4_text model have heads or widths of their own and keys of other layers and inputs of their own; choose `,
  )
  expect(() => resolveSettings(settings, tinyModel({ maxPositions: 512 }), beside)).not.toThrow()
})

it('sirllm is where layers have other numbers of KV heads, since it scores all at once', () => {
  const sirllm = { policy: { name: 'sirllm' } } as const
  expect(() => resolveSettings(sirllm, gemma4)).not.toThrow()
  const shapes = gemma4.shapes?.map((own, layer) => ({ ...own, kvHeads: 1 + (layer % 2) }))
  expect(() => resolveSettings(sirllm, { ...gemma4, shapes: shapes ?? [] })).toThrow(
    'policy sirllm needs layers that are all alike',
  )
})

it('training is, before a weight is fetched', () => {
  expect(() => refuseUnlike('training of heads', 'choose another model', gemma4)).toThrow(
    /training of heads needs layers .* choose another model/,
  )
})
