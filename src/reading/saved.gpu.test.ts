// A document that is saved, and opened in another engine of the same model: all that can be asked of it is as it was, to the
// bit. It takes the same bytes on the GPU.
import { expect, test } from 'vitest'
import { randomCompressor } from '../../reference/random_compressor.ts'
import {
  deltaNetShape,
  hybridShape,
  randomModel,
  type RandomModel,
} from '../../reference/random_model.ts'
import { describeSaved } from '../index.ts'
import type { LongDocument, ReadOptions } from '../api/document.ts'
import type { LoadOptions } from '../api/model.ts'
import { open, question, shares, small, text } from '../testing/lamps.ts'

const hybrid = randomModel({ ...hybridShape, headSize: 16 }, 7)
const deltaNets = randomModel({ ...deltaNetShape, headSize: 16 }, 7)
const compressor = randomCompressor(small.description, { merged: 30, taps: 5, lambda: 0.4 }, 21)

/** All that can be told of a document. */
async function everything(document: LongDocument, form: ReadOptions['form']) {
  const options = { maxTokens: 4, keepFirstLogits: true, evenIfAbsent: true }
  const answers =
    form === 'plain'
      ? [document.complete(options)]
      : [
          document.ask(question, options),
          document.ask('Summarise the text.', options),
          document.ask('And lamp 9?', { ...options, history: [{ question, answer: 'Lamp 3.' }] }),
        ]
  const summaries = []
  for (const answer of answers) {
    const summary = await answer.summary
    summaries.push({ ...summary, timeToFirstTokenMs: 0, decodeTokensPerSecond: 0 })
  }
  const { tokens, prefilled, encoding, notes, pieces, readMs, gpuBytesOverRead, hostBytes } =
    document
  const { peak: _, ...memory } = await document.memory()
  return {
    summaries,
    told: { tokens, prefilled, encoding, notes, pieces, readMs, gpuBytesOverRead, hostBytes },
    memory,
    retained: await document.retained(),
    indices: await document.retainedIndices(),
    merged: await document.merged().catch((error: unknown) => String(error)),
    text: await (await document.text()).text(),
  }
}

const passages = { policy: 'streaming', budget: 300, chunk: 120, recall: 'passages' } as const
const merging = {
  burst: 7,
  policy: { name: 'lococo', keptShare: 0.5 },
  compressor: compressor.file,
} as const
/** Other policies and storages are opened and go on byte for byte in checkpoints.gpu.test.ts. */
const cases: [string, LoadOptions, ReadOptions?, RandomModel?][] = [
  ['locret, budgets by head', { policy: 'locret' }],
  ['lococo, merged slots', merging],
  ['full, whose cache has grown', { policy: 'full' }],
  ['random, in plain form', { policy: 'random' }, { form: 'plain' }],
  ['short convolutions and units', { policy: 'locret', recall: 'units' }, {}, hybrid],
  ['delta nets and passages', { ...passages, reread: 1 }, {}, deltaNets],
  ['skimmed', passages, { skim: true }],
]

test.each(cases)(
  '%s: all is as it was',
  async (_, options, reading = {}, of = small) => {
    const heads = of === small ? { shares } : {}
    const first = await open(options, of, heads)
    const document = await first.read(text, reading)
    const file = await document.save({ title: 'Lamps' })
    const expected = await everything(document, reading.form)
    expect(expected.summaries[0]?.ids.length).toBeGreaterThan(0)
    expect(Math.abs(file.size - document.savedBytes), 'bytes shown before').toBeLessThan(16_384)
    await first.close()

    const second = await open(options, of, heads)
    const before = await second.memory()
    const opened = await second.open(file)
    const { peak, ...after } = await second.memory()
    if (second.settings.policy.name !== 'full')
      expect({ ...after, peak }, 'nothing is allocated').toEqual(before)
    expect(await everything(opened, reading.form)).toEqual(expected)
    const again = await opened.save({ title: 'Lamps' })
    expect(again.size).toBe(file.size)
    await second.close()
  },
  120_000,
)

test('what is saved says what it is, without a model', async () => {
  const model = await open({ policy: 'streaming' })
  const document = await model.read(text)
  const file = await document.save({ title: 'Lamps' })
  const { tokens, settings } = { tokens: document.tokens, settings: model.settings }
  await model.close()
  expect(await describeSaved(file)).toMatchObject({
    title: 'Lamps',
    tokens,
    settings,
    bytes: file.size,
    model: { shape: '3×40×4×2×16', source: expect.stringContaining('model.safetensors') as string },
  })
}, 120_000)

test('a stream is saved with its text only where that was asked for', async () => {
  const model = await open({ policy: 'streaming' })
  const stream = () => new Blob([text]).stream()
  const without = await model.read(stream())
  await expect(without.text()).rejects.toMatchObject({ code: 'bad-input' })
  const textless = await model.open(await without.save())
  await expect(textless.text()).rejects.toMatchObject({ code: 'bad-input' })
  const kept = await model.read(stream(), { keepText: true })
  const opened = await model.open(await kept.save())
  expect(await (await opened.text()).text()).toBe(text)
  await model.close()
}, 120_000)

test('what its text was read from is saved with it', async () => {
  const model = await open({ policy: 'streaming' })
  const table = new File(['lamp,colour\none,red\ntwo,green\n'], 'lamps.csv')
  const document = await model.read(table)
  const { format, title, places } = document
  expect({ format, rows: places.place.length }).toEqual({ format: 'csv', rows: 3 })
  const text = await (await document.text()).text()
  const file = await document.save()
  expect(await describeSaved(file)).toMatchObject({ format, places })
  const opened = await model.open(file)
  expect(opened).toMatchObject({ format, title, places })
  expect(await (await opened.text()).text()).toBe(text)
  const page = { kind: 'page', value: 3 } as const
  const from = {
    format: 'pdf',
    title: 'Lamps',
    places: { firstChar: Float64Array.of(0), place: [page] },
  } as const
  expect(await model.open(await opened.save({ from }))).toMatchObject(from)
  await model.close()
}, 60_000)
