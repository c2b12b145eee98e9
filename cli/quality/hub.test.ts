// A quality run by name, without a browser: none is opened for stored models.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomCompressor } from '../../reference/random_compressor.ts'
import { randomModel } from '../../reference/random_model.ts'
import { commit, repository, serveHub, type HubServer } from '../../src/files/store/hub.fixture.ts'
import { accessFromEnvironment, hubModel } from '../models/hub_model.ts'
import { inReach, type Reached } from './hub.ts'
import { compressorOf, compressorSlots, contextOf, hasHeads, tokenCounter } from './model.ts'
import { parseQuality } from './options.ts'

const tiny = randomModel(
  {
    ...{ layers: 1, hidden: 24, heads: 2, kvHeads: 1, headSize: 8, feedForward: 32 },
    ...{ vocabulary: 260, tiedEmbeddings: true, ropeBase: 10_000, maxPositions: 512 },
    retainingWidth: 16,
  },
  1,
)
const { file: compressor } = randomCompressor(
  tiny.description,
  { merged: 16, taps: 3, lambda: 0.5 },
  1,
)

let cache: string
let hub: HubServer
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'longtab-hub-'))
  const own = new File([compressor], 'compressor.safetensors')
  const files = [...modelFiles(tiny, 'F16'), headsFile(tiny, 'F32'), own]
  const contents = files.map(
    async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const,
  )
  hub = await serveHub(Object.fromEntries(await Promise.all(contents)))
  vi.stubEnv('XDG_CACHE_HOME', cache)
  vi.stubEnv('HF_ENDPOINT', hub.url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await hub.close()
  await rm(cache, { recursive: true })
})

async function bring(merges: boolean, heads?: string): Promise<void> {
  const access = accessFromEnvironment(undefined)
  await hubModel(repository, heads, access).bring(
    merges,
    async () => undefined,
    () => undefined,
  )
}

async function reach(args: readonly string[], look: (reached: Reached) => Promise<void>) {
  const options = parseQuality(['--model', repository, ...args], 'none')
  await inReach(options, look)
}

test('what was brought is read from an address, and hashed the same wherever that is', async () => {
  await bring(true)
  await hub.close()
  const seen: { readonly model: string; readonly hash: string }[] = []
  const look = async ({ options, hash }: Reached) => {
    const { model } = options
    seen.push({ model, hash: await hash() })
    expect((await tokenCounter(model))('the ferry')).toBe(9)
    expect(await contextOf(model)).toBe(512)
    expect(await hasHeads(options)).toBe(true)
    expect(await compressorSlots((await compressorOf(options)) ?? '')).toBe(16)
  }
  await reach([], look)
  await reach([], look)
  const [first, second] = seen
  expect(first!.model).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/hub\/model\/$/)
  expect(second!.model).not.toBe(first!.model)
  expect(second!.hash).toBe(first!.hash)
})

test('a model that cannot be read is refused before its weights are fetched', async () => {
  hub.manner.files['tokenizer.json'] = new TextEncoder().encode('{}')
  await expect(bring(false)).rejects.toMatchObject({ code: 'bad-file' })
  const ofWeights = hub.requests.filter((line) => line.includes('/model.safetensors'))
  expect(ofWeights.map((line) => line.split(' ').at(-1))).toEqual(['bytes=0-65535'])
})

test('heads by name are other contents than the model’s own', async () => {
  const name = `${repository}:heads.safetensors`
  await bring(true, name)
  const hashes: string[] = []
  await reach([], async ({ hash }) => void hashes.push(await hash()))
  await reach(['--heads', name], async ({ options, hash }) => {
    expect(options.heads).toMatch(/\/hub\/heads\/heads\.safetensors$/)
    hashes.push(await hash())
  })
  expect(new Set(hashes).size).toBe(2)
})

test('a compressor is brought only where something merges by it, and versions name the commit', async () => {
  const asked = () => hub.requests.filter((line) => line.includes('/compressor.safetensors'))
  await bring(false)
  expect(asked()).toEqual([])
  await bring(true)
  expect(asked()).not.toEqual([])
  const access = accessFromEnvironment(undefined)
  expect(await hubModel(repository, undefined, access).versions()).toEqual([
    `${repository}@${commit}`,
  ])
})
