import { expect, it } from 'vitest'
import { resolveSettings } from '../plan/settings.ts'
import { weightBytes } from './weights.ts'
import { locate } from './locate.ts'
import { describePreset } from './preset.ts'
import { presets } from './presets.ts'

/** tied, and yet the output is in the file */
const storedTwice = ['Qwen/Qwen3-0.6B']

// Shapes and sizes were published apart from each other, so that they fit says that both are right.
it.each(presets.map((preset) => [preset.source, preset] as const))(
  '%s: the shape has as many bytes as the download',
  (source, preset) => {
    const model = describePreset(preset)
    const tiedEmbeddings = model.tiedEmbeddings && !storedTwice.includes(source)
    const stored = weightBytes({ ...model, tiedEmbeddings }, 'file', 0)
    expect(stored / preset.bytes).toBeGreaterThan(0.96)
    expect(stored / preset.bytes).toBeLessThan(1.05)
    expect(locate(source)).toMatchObject({ kind: 'hub' })
    expect(
      resolveSettings({ storage: { weights: preset.weights } }, model, {
        heads: preset.heads !== undefined ? {} : undefined,
      }),
    ).toBeTypeOf('object')
  },
)

it.each(
  presets.flatMap(({ heads, ...preset }) =>
    heads ? [[heads.source, heads, preset] as const] : [],
  ),
)('%s: heads of that width have as many bytes as the download', (_, heads, preset) => {
  const { layers, heads: queries, kvHeads, headSize } = describePreset({ ...preset, heads })
  const each = heads.width * ((queries + 2 * kvHeads) * headSize + kvHeads)
  expect((2 * layers * each) / heads.bytes).toBeCloseTo(1, 2)
})
