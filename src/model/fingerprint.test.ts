import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { blobFile } from './blob_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { describe } from './config.ts'
import { fingerprint, requireTrainedFor } from './fingerprint.ts'
import { openSafetensors } from './safetensors.ts'
import { writeSafetensors } from './write_safetensors.ts'

const opened = (file: Blob) => openSafetensors(blobFile(file, 'model', () => undefined))

async function model(seed: number, dtype: 'F32' | 'F16') {
  const random = randomModel({ ...smallShape, layers: 2 }, seed)
  const file = modelFiles(random, dtype).find(({ name }) => name === 'model.safetensors')!
  return { description: describe(random.config, {}), checkpoint: await opened(file) }
}

const trainedFor = (metadata: Record<string, string>) => {
  const tensor = { name: 'fc1', shape: [1], values: Float32Array.of(1), dtype: 'F32' as const }
  return opened(new Blob([writeSafetensors([tensor], metadata)]))
}

test('a model has one fingerprint however its matrices are stored, and a further trained one another', async () => {
  const [wide, narrow, other] = [
    await model(1, 'F32'),
    await model(1, 'F16'),
    await model(2, 'F32'),
  ]
  const name = await fingerprint(wide.description, wide.checkpoint)
  expect(await fingerprint(narrow.description, narrow.checkpoint)).toBe(name)
  expect(await fingerprint(other.description, other.checkpoint)).not.toBe(name)
})

test('a norm that was stored with one added has the same fingerprint', async () => {
  const { description, checkpoint } = await model(1, 'F32')
  const gemma = { ...description, normOffset: 1 }
  const small = (change: (value: number) => number): Checkpoint => ({
    ...checkpoint,
    async *rows(name) {
      for await (const { first, values } of checkpoint.rows(name))
        yield { first, values: values.map((value) => change(value / 1000)) }
    },
  })
  const plain = await fingerprint(
    gemma,
    small((value) => value),
  )
  const throughGguf = small((value) => Math.fround(1 + value) - 1)
  expect(await fingerprint(gemma, throughGguf)).toBe(plain)
})

test('heads of another model of the same shape are refused, those that name none are not', async () => {
  const [mine, other] = [await model(1, 'F32'), await model(2, 'F32')]
  const held = async (metadata: Record<string, string>) =>
    requireTrainedFor(mine.description, mine.checkpoint, await trainedFor(metadata), 'heads.bin')
  await held({ model: await fingerprint(mine.description, mine.checkpoint) })
  await held({})
  await held({ model: 'a name of their own' })
  const theirs = await fingerprint(other.description, other.checkpoint)
  await expect(held({ model: theirs })).rejects.toThrow(
    /heads\.bin was trained for a model whose norms hash to [0-9a-f]{8}… and this model's hash to [0-9a-f]{8}…/,
  )
})
