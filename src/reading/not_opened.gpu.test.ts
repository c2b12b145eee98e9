// What opening does to the document before: a file that cannot be opened leaves it, and one that is opened closes it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomModel, smallShape, type RandomModel } from '../../reference/random_model.ts'
import type { LoadOptions, Model } from '../api/model.ts'
import { open, question, shares, small, text } from '../testing/lamps.ts'

const rescaled = (tensor: RandomModel['tensors'][number]) =>
  tensor.name.includes('o_proj')
    ? { ...tensor, values: tensor.values.map((value) => 1.5 * value) }
    : tensor

let model: Model
let file: File
beforeAll(async () => {
  model = await open({ policy: 'locret' })
  const document = await model.read(text)
  file = new File([await document.save({ title: 'Lamps' })], 'lamps.longtab')
}, 120_000)
afterAll(() => model.close())

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
    const other = await open({ policy: 'locret', ...options }, of, heads)
    expect(await refused(other)).toMatchObject(expected)
    await other.close()
  },
  120_000,
)

test('damaged, cut, no saved document', async () => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const flipped = bytes.slice()
  flipped[bytes.length - 5]! ^= 4
  const found = [new Blob([flipped]), file.slice(0, -5), new Blob(['no'])]
  for (const blob of found) expect(await refused(model, blob)).toMatchObject({ code: 'bad-file' })
  await model.open(file)
}, 120_000)

test('an opening that is cancelled leaves the document before, or none', async () => {
  const before = await model.read(text)
  const signal = AbortSignal.abort()
  await expect(model.open(file, { signal })).rejects.toMatchObject({ code: 'aborted' })
  expect((await before.ask(question, { maxTokens: 2 }).summary).ids).toHaveLength(2)
}, 120_000)

test('opening closes the document before', async () => {
  const before = await model.read(text)
  const after = await model.open(file)
  expect(() => before.ask(question)).toThrow(/closed when another was read or opened/)
  expect((await after.ask(question, { maxTokens: 2 }).summary).ids).toHaveLength(2)
}, 120_000)
