import { Tokenizer } from '@huggingface/tokenizers'
import { expect, test } from 'vitest'
import { openCheckpoint } from '../src/model/open_checkpoint.ts'
import { readDescription } from '../src/model/config.ts'
import { openFiles } from '../src/testing/open_files.ts'
import { modelFiles } from './model_files.ts'
import { randomModel, smallShape } from './random_model.ts'

const model = randomModel(smallShape, 3)
const text = async (name: string) => {
  const file = modelFiles(model, 'F32').find((one) => one.name === name)
  return JSON.parse(await file!.text()) as object
}

test.each(['F32', 'F16'] as const)('the files hold the weights exactly as %s', async (dtype) => {
  const files = openFiles(modelFiles(model, dtype), () => undefined)
  expect(await readDescription(files)).toEqual(model.description)
  const checkpoint = await openCheckpoint(files)
  expect(checkpoint.tensors.size).toBe(model.tensors.length)
  for (const { name, values } of model.tensors) {
    const stored: number[] = []
    for await (const slice of checkpoint.rows(name)) stored.push(...slice.values)
    expect(stored).toEqual([...values])
  }
})

test('the tokenizer has a token for each byte', async () => {
  const tokenizer = new Tokenizer(await text('tokenizer.json'), await text('tokenizer_config.json'))
  const words = 'the é 語\n ~'
  const { ids } = tokenizer.encode(words)
  expect(ids).toEqual([256, ...new TextEncoder().encode(words)])
  expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(words)
})

test('models of one seed are equal, of another not', () => {
  const [first] = randomModel(smallShape, 3).tensors
  const [other] = randomModel(smallShape, 4).tensors
  expect(first!.values).toEqual(model.tensors[0]!.values)
  expect(other!.values).not.toEqual(first!.values)
})
