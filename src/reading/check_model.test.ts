// What is refused is refused before a weight is fetched and before anything is made on the GPU.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { diskFolder } from '../../cli/models/disk_folder.ts'
import type { LoadOptions } from '../api/model.ts'
import { openStore } from '../files/store/store.ts'
import type * as module from '../index.ts'
import { countingGpu } from '../testing/counting_gpu.ts'
import { countingServer } from '../testing/counting_server.ts'
import { refusals } from './refusals.fixture.ts'
import {
  inGguf,
  inOneFile,
  inShards,
  virtualModel,
  type Files,
  type VirtualModel,
} from '../testing/virtual_model.ts'

/** Bytes that may be served before a refusal. */
const most = 2e6

interface Form {
  readonly files: (model: VirtualModel) => Files
  readonly source: '' | 'model.gguf'
  /** whether what is downloaded is kept */
  readonly keep: boolean
}

const forms: Readonly<Record<string, Form>> = {
  'a folder with one file': { files: inOneFile, source: '', keep: false },
  'a folder with shards': { files: inShards, source: '', keep: false },
  'a GGUF file': { files: inGguf, source: 'model.gguf', keep: false },
  'a folder with shards that is kept': { files: inShards, source: '', keep: true },
  'a GGUF file that is kept': { files: inGguf, source: 'model.gguf', keep: true },
}

let load: typeof module.load
let disk: string
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-check-'))
  vi.resetModules()
  vi.doMock('../files/store/store.ts', async (original) => ({
    ...(await original<object>()),
    browserStore: async () => openStore(await diskFolder(disk)),
  }))
  ;({ load } = await import('../index.ts'))
})
afterAll(async () => {
  vi.doUnmock('../files/store/store.ts')
  vi.resetModules()
  await rm(disk, { recursive: true })
})

let loads = 0

/** Of a folder of its own, so that nothing of an earlier one is stored. */
async function loading(
  files: Files,
  { source, keep }: Form,
  options: LoadOptions = {},
  memory?: number,
) {
  const server = countingServer(files, `tiny-${++loads}`)
  const gpu = countingGpu(memory)
  const outcome = await load(`${server.url}${source}`, { gpu: gpu.api, keep, ...options })
    .then((model) => ({ model }))
    .catch((error: unknown) => ({ error }))
  return { server, gpu, outcome }
}

const refused = (code: string, says: RegExp) => ({
  error: expect.objectContaining({
    code: expect.stringMatching(new RegExp(`^(${code})$`)) as string,
    message: expect.stringMatching(says) as string,
  }) as Error,
})

function bytesOf(files: Files): number {
  return Object.values(files).reduce((sum, file) => {
    if (typeof file === 'string') return sum + new TextEncoder().encode(file).length
    return sum + ('begins' in file ? file.bytes : file.length)
  }, 0)
}

describe.each(Object.entries(forms))('%s', (_, form) => {
  const possible = refusals.filter(({ onlyFolders }) => !onlyFolders || form.source === '')
  it.each(possible.map((one) => [one.what, one] as const))(
    'is refused cheaply for %s',
    async (_, { model, options, code, says }) => {
      const files = form.files(virtualModel(model))
      const { server, gpu, outcome } = await loading(files, form, options)
      expect(outcome).toEqual(refused(code, says))
      expect(gpu.calls).toEqual([])
      expect(server.asked(), server.answers.join('\n')).toBeLessThanOrEqual(most)
    },
  )

  it('is refused where the device has too little memory, before anything is fetched or compiled', async () => {
    const { server, gpu, outcome } = await loading(form.files(virtualModel()), form, {}, 20e6)
    expect(outcome).toEqual(refused('out-of-memory', /^the GPU has no room for the \d+ MB needed/))
    expect(new Set(gpu.calls)).toEqual(new Set(['createBuffer']))
    expect(server.asked()).toBeLessThanOrEqual(most)
  })

  it('is loaded, with a notice, in spite of a template that cannot be used; no byte comes twice', async () => {
    const { chat_template: _, ...config } = virtualModel().tokenizerConfig
    const model = virtualModel({ tokenizerConfig: { ...config, chat_template: '{% for %}' } })
    const files = form.files(model)
    const { server, outcome } = await loading(files, form)
    expect(outcome).toMatchObject({
      model: { notes: [expect.stringMatching(/^The model is asked in plain form/) as string] },
    })
    const probes = server.answers.filter((answer) => answer.endsWith(' 0-0 1')).length
    expect(server.asked(), server.answers.join('\n')).toBe(bytesOf(files) + probes)
  })
})

describe.each(Object.entries(forms).filter(([, { keep }]) => keep))('%s', (_, form) => {
  it('is refused cheaply where the browser has no room for it', async () => {
    const estimate = async () => ({ quota: 12e6, usage: 2e6 })
    vi.stubGlobal('navigator', { storage: { estimate } })
    const { server, gpu, outcome } = await loading(form.files(virtualModel()), form)
    vi.unstubAllGlobals()
    expect(outcome).toEqual(refused('storage-full', /this browser allows this page another 10 MB/))
    expect(gpu.calls).toEqual([])
    expect(server.asked()).toBeLessThanOrEqual(most)
  })
})

describe.each(Object.entries(forms).filter(([, { source }]) => source !== ''))(
  '%s with a large vocabulary',
  (_, form) => {
    const tokens = Array.from({ length: 50_000 }, (_, id) => `token ${id * 7919}`)
    const metadata = { 'tokenizer.ggml.merges': tokens.map((token) => `${token} ${token}`) }
    const config = { vocab_size: tokens.length, hidden_size: 128 }
    const large = { tokens, metadata, config }

    it('costs its header and hardly more where its pre-tokenizer is not known', async () => {
      const files = form.files(virtualModel({ ...large, pre: 'bloom' }))
      const { server, gpu, outcome } = await loading(files, form)
      const [file] = Object.values(files)
      const header = typeof file === 'object' && 'begins' in file ? file.begins.length : 0
      expect(header).toBeGreaterThan(most)
      expect(outcome).toEqual(
        refused('unsupported-model', /the GGUF pre-tokenizer bloom is not supported/),
      )
      expect(gpu.calls).toEqual([])
      expect(server.asked()).toBeLessThan(header + 2 ** 17)
      expect(server.answers.length).toBeLessThanOrEqual(10)
    })
  },
)

it('a folder with weights of PyTorch costs its configuration', async () => {
  const { config, tokenizer } = virtualModel()
  const weights = { begins: Uint8Array.of(0x50, 0x4b, 3, 4), bytes: 9e6 }
  const files = {
    'config.json': JSON.stringify(config),
    'tokenizer.json': tokenizer,
    'pytorch_model.bin': weights,
  }
  const { server, gpu, outcome } = await loading(files, {
    files: () => files,
    source: '',
    keep: false,
  })
  expect(outcome).toEqual(refused('bad-file', /holds neither model\.safetensors nor/))
  expect(gpu.calls).toEqual([])
  expect(server.asked()).toBeLessThan(1000)
})
