import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { describe } from '../../src/model/config.ts'
import { fingerprint, shapeOf } from '../../src/model/fingerprint.ts'
import { openSafetensors } from '../../src/model/safetensors/checkpoint.ts'
import { diskFile } from '../models/disk_file.ts'
import { headsOfOurs } from './heads.ts'

test('a folder on the disk finds the heads that were trained for its weights, and no others', async () => {
  const model = await mkdtemp(join(tmpdir(), 'longtab-'))
  try {
    const random = randomModel({ ...smallShape, layers: 2 }, 1)
    for (const file of modelFiles(random, 'F32')) {
      await writeFile(join(model, file.name), Buffer.from(await file.arrayBuffer()))
    }
    const description = describe(random.config, {})
    const weights = await openSafetensors(diskFile(join(model, 'model.safetensors')))
    const own = { model: 'Small', shape: shapeOf(description), file: 'small.safetensors' }
    const trained = await fingerprint(description, weights)
    expect(await headsOfOurs(model, [{ ...own, fingerprint: trained }])).toBe('small.safetensors')
    expect(await headsOfOurs(model, [{ ...own, fingerprint: 'of another' }])).toBeUndefined()
    expect(await headsOfOurs(model)).toBeUndefined()
  } finally {
    await rm(model, { recursive: true })
  }
})
