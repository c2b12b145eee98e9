// A document that is saved, and opened in another engine of the same model: all that can be asked of it is as it was, to the
// bit. It takes the same bytes on the GPU. What cannot be opened is refused, and leaves what was read before.
import { afterAll, describe, expect, test } from 'vitest'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomCompressor } from '../../reference/random_compressor.ts'
import {
  deltaNetShape,
  hybridShape,
  randomModel,
  smallShape,
  type RandomModel,
} from '../../reference/random_model.ts'
import { describeSaved, load } from '../index.ts'
import type { LongDocument, ReadOptions } from '../api/document.ts'
import type { LoadOptions, Model } from '../api/model.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const small = randomModel({ ...smallShape, headSize: 16 }, 7)
const hybrid = randomModel({ ...hybridShape, headSize: 16 }, 7)
const deltaNets = randomModel({ ...deltaNetShape, headSize: 16 }, 7)
const shares = JSON.stringify([
  [1, 9],
  [0, 4],
  [30, 0.5],
])
const compressor = randomCompressor(small.description, { merged: 30, taps: 5, lambda: 0.4 }, 21)
const text = Array.from(
  { length: 14 },
  (_, i) => `Lamp ${i} of pier ${i * 7} burns ${['red', 'green', 'white'][i % 3]}. `,
).join('')
const question = 'Which lamp burns red on pier 21?'

const usual = { budget: 60, chunk: 40, tail: 64, local: 30 } as const

const open = (options: LoadOptions, of: RandomModel = small, heads: object = { shares }) =>
  load([...modelFiles(of, 'F32'), headsFile(of, 'F32', { ...heads })], {
    gpu: sharedGpu,
    ...usual,
    ...options,
  })

const rescaled = (tensor: RandomModel['tensors'][number]) =>
  tensor.name.includes('o_proj')
    ? { ...tensor, values: tensor.values.map((value) => 1.5 * value) }
    : tensor

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

describe('a file that cannot be opened', () => {
  let model: Model
  let document: LongDocument
  let file: File
  const opened = (async () => {
    model = await open({ policy: 'locret' })
    document = await model.read(text)
    file = new File([await document.save({ title: 'Lamps' })], 'lamps.longtab')
  })()
  afterAll(async () => {
    await opened
    await model.close()
  })

  const refused = async (other: Model, what: Blob = file) => {
    const before = await other.read('The harbour was quiet. '.repeat(8))
    const expected = (await before.ask('What was quiet?', { maxTokens: 4 }).summary).ids
    const error: unknown = await other.open(what).catch((thrown: unknown) => thrown)
    const { ids } = await before.ask('What was quiet?', { maxTokens: 4 }).summary
    expect(ids, 'the document before still answers').toEqual(expected)
    return error
  }

  const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string
  const others: [string, LoadOptions, RandomModel, object, object][] = [
    [
      'another model',
      {},
      randomModel({ ...smallShape, headSize: 16 }, 8),
      { shares },
      {
        code: 'other-model',
        message: matching(
          /lamps.longtab was read with .*final norm .*…\) and the model that is loaded/,
        ),
      },
    ],
    [
      'another build of the model',
      {},
      { ...small, tensors: small.tensors.map(rescaled) },
      { shares },
      {
        code: 'other-model',
        message: matching(/another build .* hash to \w{8}… .* and to \w{8}…/),
      },
    ],
    [
      'heads that deal the budget out otherwise',
      {},
      small,
      {
        shares: JSON.stringify([
          [1, 1],
          [1, 1],
          [1, 1],
        ]),
      },
      {
        code: 'other-model',
        message: matching(/budget of 60 .* dealt out otherwise/),
      },
    ],
    [
      'other heads',
      {},
      { ...small, heads: randomModel({ ...smallShape, headSize: 16 }, 8).heads },
      { shares },
      {
        code: 'other-model',
        message: matching(
          /retaining heads \w{8}… and the model is loaded with retaining heads \w{8}…/,
        ),
      },
    ],
    [
      'another policy',
      { policy: 'streaming' },
      small,
      { shares },
      {
        code: 'bad-setting',
        message: matching(/policy locret.* and the model is loaded with .*policy streaming/),
      },
    ],
    [
      'another budget and storage',
      { budget: 70, storage: { cache: 'int8' } },
      small,
      { shares },
      {
        code: 'bad-setting',
        message: matching(/budget 60.*cache stored as f32 and .*budget 70.*cache stored as int8/),
      },
    ],
  ]
  test.each(others)(
    '%s',
    async (_, options, of, heads, expected) => {
      await opened
      const other = await open({ policy: 'locret', ...options }, of, heads)
      expect(await refused(other)).toMatchObject(expected)
      await other.close()
    },
    120_000,
  )

  test('damaged, cut, no saved document', async () => {
    await opened
    const bytes = new Uint8Array(await file.arrayBuffer())
    const flipped = bytes.slice()
    flipped[bytes.length - 5]! ^= 4
    const found = [new Blob([flipped]), file.slice(0, -5), new Blob(['no'])]
    for (const blob of found) expect(await refused(model, blob)).toMatchObject({ code: 'bad-file' })
    document = await model.open(file)
  }, 120_000)

  test('an opening that is cancelled leaves the document before, or none', async () => {
    await opened
    const before = await model.read(text)
    const signal = AbortSignal.abort()
    await expect(model.open(file, { signal })).rejects.toMatchObject({ code: 'aborted' })
    expect((await before.ask(question, { maxTokens: 2 }).summary).ids).toHaveLength(2)
  }, 120_000)

  test('opening closes the document before', async () => {
    await opened
    const before = await model.read(text)
    const after = await model.open(file)
    expect(() => before.ask(question)).toThrow(/closed when another was read or opened/)
    expect((await after.ask(question, { maxTokens: 2 }).summary).ids).toHaveLength(2)
  }, 120_000)
})

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
