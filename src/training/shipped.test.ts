// The shipped heads and compressor compared with the shipped model.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { blobFile } from '../files/blob_file.ts'
import { describe } from '../model/config.ts'
import { openSafetensors } from '../model/safetensors/checkpoint.ts'
import { fingerprint } from '../model/fingerprint.ts'
import type { History } from './run.ts'
import { usualPool } from './settings.ts'

const folder = new URL('../../public/models/default/', import.meta.url)
const opened = async (name: string) =>
  blobFile(new Blob([await readFile(new URL(name, folder))]), name, () => undefined)

test('the shipped heads say what their scores are pooled over', async () => {
  const { metadata } = await openSafetensors(await opened('heads.safetensors'))
  expect(Number(metadata.pool)).toBe(usualPool.share)
})

test.each(['heads.safetensors', 'compressor.safetensors'])(
  'the shipped %s was trained for the shipped weights, and has its curves with it',
  async (name) => {
    const config = JSON.parse(await readFile(new URL('config.json', folder), 'utf8')) as never
    const model = describe(config, {})
    const weights = await openSafetensors(await opened('model.safetensors'))
    const { metadata } = await openSafetensors(await opened(name))
    expect(metadata.model).toBe(await fingerprint(model, weights))
    expect((JSON.parse(metadata.history!) as History).losses).toHaveLength(Number(metadata.steps))
  },
)
