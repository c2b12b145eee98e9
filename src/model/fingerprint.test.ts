import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { blobFile } from '../files/blob_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { describe, readDescription } from './config.ts'
import { fingerprint, requireTrainedFor } from './fingerprint.ts'
import { openFiles } from '../testing/open_files.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { openSafetensors } from './safetensors/checkpoint.ts'
import { writeSafetensors } from './safetensors/write.ts'

const opened = (file: Blob) => openSafetensors(blobFile(file, 'model', () => undefined))

async function model(seed: number, dtype: 'F32' | 'F16' | 'BF16') {
  const random = randomModel({ ...smallShape, layers: 2 }, seed)
  const file = modelFiles(random, dtype).find(({ name }) => name === 'model.safetensors')!
  return { description: describe(random.config, {}), checkpoint: await opened(file) }
}

const trainedFor = (metadata: Record<string, string>) => {
  const tensor = { name: 'fc1', shape: [1], values: Float32Array.of(1), dtype: 'F32' as const }
  return opened(new Blob([writeSafetensors([tensor], metadata)]))
}

/** The same checkpoint with other values. */
function changed(
  checkpoint: Checkpoint,
  change: (value: number, name: string) => number,
): Checkpoint {
  return {
    ...checkpoint,
    async *rows(name) {
      for await (const { first, values } of checkpoint.rows(name))
        yield { first, values: values.map((value) => change(value, name)) }
    },
  }
}

test('a model has one fingerprint however it is stored, and a further trained one another', async () => {
  const { description, checkpoint } = await model(1, 'F32')
  const name = await fingerprint(description, checkpoint)
  for (const dtype of ['F16', 'BF16'] as const) {
    const stored = await model(1, dtype)
    expect(await fingerprint(stored.description, stored.checkpoint), dtype).toBe(name)
  }
  const other = await model(2, 'F32')
  expect(await fingerprint(other.description, other.checkpoint)).not.toBe(name)
})

test('a build whose layers were rescaled has the fingerprint of its model', async () => {
  const { description, checkpoint } = await model(1, 'F32')
  const name = await fingerprint(description, checkpoint)
  const { finalNorm } = description.tensors
  const scaled = changed(checkpoint, (value, of) => (of === finalNorm ? value : 1.5 * value))
  expect(await fingerprint(description, scaled)).toBe(name)
  const trained = changed(checkpoint, (value, of) => (of === finalNorm ? 1.01 * value : value))
  expect(await fingerprint(description, trained)).not.toBe(name)
})

test('a norm that was stored with one added has the same fingerprint', async () => {
  const { description, checkpoint } = await model(1, 'F32')
  const gemma = { ...description, normOffset: 1 }
  const plain = changed(checkpoint, (value) => value / 1000)
  const throughGguf = changed(checkpoint, (value) => Math.fround(1 + value / 1000) - 1)
  expect(await fingerprint(gemma, throughGguf)).toBe(await fingerprint(gemma, plain))
})

const fixtures = new URL('../../fixtures/', import.meta.url)
const byPython = Object.entries(
  JSON.parse(readFileSync(new URL('fingerprints.json', fixtures), 'utf8')) as object,
)

test.each(byPython)('%s has the fingerprint that the twin in Python takes', async (name, taken) => {
  const folder = new URL(`${name}/`, fixtures)
  const files = readdirSync(folder).map(
    (file) => new File([readFileSync(new URL(file, folder))], file),
  )
  const opened = openFiles(files, () => undefined)
  const description = await readDescription(opened)
  expect(await fingerprint(description, await openCheckpoint(opened))).toBe(taken)
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
    /heads\.bin was trained for a model whose final norm hashes to [0-9a-f]{8}… and this model's hashes to [0-9a-f]{8}…/,
  )
})
