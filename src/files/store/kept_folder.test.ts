import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { diskFolder } from '../../../cli/models/disk_folder.ts'
import type { ModelLocation } from '../location.ts'
import { locate } from '../../model/locate.ts'
import { openSources } from '../../model/sources.ts'
import { readAll } from '../byte_file.ts'
import { commit, repository, serveHub, type HubServer } from './hub.fixture.ts'
import { openStore, type Store } from './store.ts'

const weights = Buffer.alloc(300_000, 'weights ')
const files = {
  'config.json': '{"a":1}',
  'tokenizer.json': '{}',
  'model.safetensors': weights,
  'model_card.json': '{"name":"Tiny"}',
}
const token = 'hf_secret'

let disk: string
let server: HubServer
let store: Store

beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-kept-'))
  server = await serveHub(files)
  store = openStore(await diskFolder(disk))
})
afterEach(async () => {
  await server.close()
  await rm(disk, { recursive: true })
})

const locations = {
  'a repository of the Hub': () => locate(repository, { hub: server.url }),
  'a folder behind an address': () => locate(`${server.url}/plain/`),
}

/** Calls in the engine's order: looks, then fetches everything, then reads. */
async function load(
  location: ModelLocation,
  from: Store | undefined = store,
  signal?: AbortSignal,
) {
  let downloaded = 0
  const sources = openSources(
    () => undefined,
    async () => from,
  )
  const folder = sources.folder(location)
  const config = await folder.text('config.json', signal)
  const hasHeads = await folder.has('heads.safetensors', signal)
  const file = folder.file('model.safetensors')
  await readAll(file, 0, 8, signal)
  const count = {
    expect: () => undefined,
    add: (n: number) => (downloaded += n),
    finish: () => undefined,
  }
  await sources.requireRoom(signal)
  await sources.fetch(count, signal)
  const read = await readAll(file, 0, weights.length, signal)
  const tokenizer = await folder.text('tokenizer.json', signal)
  const card = await folder.text('model_card.json', signal)
  sources.close()
  return { config, hasHeads, tokenizer, card, downloaded, whole: weights.equals(read) }
}

const loaded = {
  config: '{"a":1}',
  hasHeads: false,
  tokenizer: '{}',
  card: '{"name":"Tiny"}',
  whole: true,
}

describe.each(Object.entries(locations))('%s', (_, location) => {
  it('is downloaded once, and then read without a server', async () => {
    const at = location()
    expect(await load(at)).toMatchObject({ ...loaded, downloaded: weights.length })
    const asked = server.requests.length
    expect(await load(at)).toEqual({ ...loaded, downloaded: 0 })
    expect(server.requests.length).toBe(asked)
    await server.close()
    expect(await load(at)).toMatchObject(loaded)
  })

  it('is listed with its size, and deleted', async () => {
    const at = location()
    await load(at)
    const bytes = Object.values(files).reduce((sum, content) => sum + content.length, 0)
    const [model, ...others] = await store.list()
    expect(others).toEqual([])
    expect(model).toMatchObject({ bytes, unfinished: [] })
    expect(model?.source).toBe(at.kind === 'hub' ? repository : `${server.url}/plain/`)
    await store.remove(model?.id ?? '')
    expect(await store.list()).toEqual([])
    expect(await load(at)).toMatchObject({ downloaded: weights.length })
  })

  it('is read where it lies when it is not to be kept', async () => {
    const at = { ...location(), keep: false } as ModelLocation
    expect(await load(at)).toMatchObject({ ...loaded, downloaded: 0 })
    expect(await readdir(disk)).toEqual([])
  })

  it.each([true, false])('is read on once a load has closed it; kept: %s', async (keep) => {
    const sources = openSources(
      () => undefined,
      async () => store,
    )
    const file = sources.folder({ ...location(), keep } as ModelLocation).file('model.safetensors')
    await readAll(file, 0, 8)
    const nothing = () => undefined
    await sources.fetch({ expect: nothing, add: nothing, finish: nothing })
    sources.close()
    const asked = server.requests.length
    for (const at of [200_000, 1000])
      expect(weights.subarray(at, at + 99).equals(await readAll(file, at, at + 99))).toBe(true)
    expect(server.requests.length > asked).toBe(!keep)
    file.close()
  })

  it('counts as unfinished until all of it has arrived', async () => {
    Object.assign(server.manner, { cutAfter: 100_000, cuts: 1 })
    const stop = new AbortController()
    const sources = openSources(
      () => undefined,
      async () => store,
    )
    await sources.folder(location()).file('model.safetensors').size()
    const add = () => stop.abort()
    const count = { expect: () => undefined, add, finish: () => undefined }
    await expect(sources.fetch(count, stop.signal)).rejects.toMatchObject({
      code: 'aborted',
    })
    sources.close()
    await load(location())
    expect((await store.list())[0]?.unfinished).toEqual([])
  })
})

it('asks the Hub for one commit and no other', async () => {
  await load(locations['a repository of the Hub']())
  const fetched = server.requests.filter((line) => line.includes('/resolve/'))
  expect(fetched.length).toBeGreaterThan(0)
  expect(fetched.every((line) => line.includes(`/resolve/${commit}/`))).toBe(true)
})

describe('a token', () => {
  it('reaches the server and nothing else', async () => {
    server.manner.token = token
    const at = locate(repository, { hub: server.url, token })
    expect(await load(at)).toMatchObject(loaded)
    for (const name of await readdir(disk, { recursive: true })) {
      const content = await readFile(join(disk, name)).catch(() => Buffer.alloc(0)) // a folder
      expect(content.includes(token)).toBe(false)
    }
  })

  it('is asked for by name where there is none, and not told where it is wrong', async () => {
    server.manner.token = 'hf_other'
    for (const access of [{}, { token }]) {
      const failure = await load(locate(repository, { hub: server.url, ...access })).catch(
        (error: unknown) => error,
      )
      expect(failure).toMatchObject({
        code: 'no-access',
        message: expect.stringMatching(/ann\/tiny.*give an access token/) as string,
      })
      expect(JSON.stringify([failure, String(failure), (failure as Error).stack])).not.toContain(
        token,
      )
    }
  })
})

it('names the GGUF files of a repository whose folder lacks a file', async () => {
  await server.close()
  const { 'tokenizer.json': _, ...others } = files
  server = await serveHub({ ...others, 'q8.gguf': weights })
  await expect(load(locations['a repository of the Hub']())).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining('for example ann/tiny:q8.gguf') as string,
  })
})

it('brings the small files first, so that a download that is cut has them', async () => {
  const sources = openSources(
    () => undefined,
    async () => store,
  )
  sources.folder(locations['a repository of the Hub']()).file('model.safetensors')
  expect(await sources.missing()).toBe(weights.length)
  await sources.fetch({ expect: () => undefined, add: () => undefined, finish: () => undefined })
  const fetched = server.requests
    .filter((line) => line.includes('/resolve/'))
    .map((line) => line.replace(/^.*\/|\s.*$/g, '').split(' ')[0])
  expect(fetched.indexOf('model.safetensors')).toBeGreaterThan(fetched.indexOf('tokenizer.json'))
  expect(fetched.indexOf('tokenizer.json')).toBeGreaterThanOrEqual(0)
  expect(fetched.at(-1)).toBe('model.safetensors')
  expect(await sources.missing()).toBe(0)
})

it('says what is missing in bytes when the browser has no room', async () => {
  const estimate = async () => ({ quota: 1_100_000, usage: 1_000_000 })
  vi.stubGlobal('navigator', { storage: { estimate } })
  try {
    await expect(load(locations['a repository of the Hub']())).rejects.toMatchObject({
      code: 'storage-full',
      message: expect.stringMatching(
        /^keeping ann\/tiny needs 0\.\d MB more and .* another 0\.1 MB .*delete stored models/,
      ) as string,
    })
  } finally {
    vi.unstubAllGlobals()
  }
})

it('asks again for a file that a log-in page stood in for', async () => {
  const at = locations['a folder behind an address']()
  const config = server.manner.files['config.json']!
  server.manner.files['config.json'] = new TextEncoder().encode(
    '<!doctype html><title>Log in</title>',
  )
  await expect(load(at)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining('config.json is a web page (“Log in”)') as string,
  })
  server.manner.files['config.json'] = config
  expect(await load(at)).toMatchObject(loaded)
})

it('takes a damaged description for none', async () => {
  const at = locations['a folder behind an address']()
  await load(at)
  const [id = ''] = await readdir(disk)
  await writeFile(join(disk, id, 'about'), '{"sour')
  expect(await store.list()).toEqual([])
  expect(await load(at)).toMatchObject({ ...loaded, downloaded: 0 })
})
