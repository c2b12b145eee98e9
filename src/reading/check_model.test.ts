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
import {
  inGguf,
  inOneFile,
  inShards,
  safetensors,
  tensorsOf,
  virtualModel,
  type Files,
  type VirtualModel,
} from '../testing/virtual_model.ts'

/** Bytes that may be served before a refusal. */
const most = 2e6

interface Refusal {
  readonly what: string
  readonly model?: Partial<VirtualModel>
  readonly options?: LoadOptions
  readonly code: string
  readonly says: RegExp
  /** a GGUF file has nothing like it */
  readonly onlyFolders?: true
}

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

const all = tensorsOf()
const mystery = { name: 'model.layers.0.mystery.weight', shape: [512], dtype: 'F16' }
const heads = (width: number, dtype = 'F16') =>
  Array.from({ length: 4 }, (_, layer) => [
    { name: `model.layers.${layer}.self_attn.fc1.weight`, shape: [64, width], dtype },
    { name: `model.layers.${layer}.self_attn.fc2.weight`, shape: [2, 64], dtype },
  ]).flat()
const compressor = (merged: number, channels: number) =>
  Array.from({ length: 4 }, (_, layer) => {
    const saver = `model.layers.${layer}.self_attn.memory_saver`
    return [
      { name: `${saver}.layers.0.weight`, shape: [merged, channels, 3], dtype: 'F32' },
      { name: `${saver}.layers.0.bias`, shape: [merged], dtype: 'F32' },
      { name: `${saver}.normalizer`, shape: [1], dtype: 'F32' },
    ]
  }).flat()
const at = (name: string) => `https://models.test/beside/${name}`

const refusals: readonly Refusal[] = [
  {
    what: 'a damaged header',
    model: { isDamaged: true },
    code: 'bad-file',
    says: /is damaged or not a safetensors file|not a GGUF file/,
  },
  {
    what: 'an architecture that is not known',
    model: { config: { model_type: 'mamba' }, tensors: all },
    code: 'unsupported-model',
    says: /mamba.* is not supported/,
  },
  {
    what: 'a mixture of experts',
    model: { config: { num_local_experts: 8 }, tensors: all },
    code: 'unsupported-model',
    says: /mixture of experts/,
  },
  {
    what: 'a tensor that is missing',
    model: { tensors: all.filter(({ name }) => !name.includes('layers.3.mlp.down')) },
    code: 'bad-file',
    says: /lacks model\.layers\.3\.mlp\.down_proj\.weight/,
  },
  {
    what: 'a tensor that is not known',
    model: { tensors: [...all, mystery] },
    code: 'unsupported-model',
    says: /mystery\.weight of the llama checkpoint would change results/,
  },
  {
    what: 'values of a type that is not read',
    model: {
      tensors: all.map((one) =>
        one.name.includes('layers.3.mlp.down')
          ? { ...one, dtype: 'I8', ggufType: { id: 16, valueBytes: 66 / 256 } }
          : one,
      ),
    },
    code: 'bad-file|unsupported-model',
    says: /down.*is stored as (I8|IQ2_XXS)/,
  },
  {
    what: 'a pre-tokenizer that is not known',
    model: {
      pre: 'gpt-5o',
      tokenizer: virtualModel().tokenizer.replace('"type":"ByteLevel"', '"type":"Unheard"'),
    },
    code: 'bad-file|unsupported-model',
    says: /pre-tokenizer gpt-5o is not supported|tokenizer\.json cannot be used/,
  },
  {
    what: 'a tokenizer.json that is cut',
    model: { tokenizer: virtualModel().tokenizer.slice(0, 500), tokens: [] },
    code: 'bad-file',
    says: /tokenizer\.json|has no tokenizer/,
  },
  {
    what: 'token ids beyond the embedding',
    model: { config: { vocab_size: 250, eos_token_id: 7 } },
    code: 'bad-file',
    says: /token ids up to .* and the embedding has 250 rows/,
  },
  {
    what: 'sampling that cannot be',
    model: { files: { 'generation_config.json': '{"do_sample":true,"temperature":-1}' } },
    code: 'bad-file',
    says: /generation_config\.json: temperature/,
    onlyFolders: true,
  },
  {
    what: 'a setting that cannot be',
    options: { budget: 0 },
    code: 'bad-setting',
    says: /budget/,
  },
  {
    what: 'slots that are more than a buffer of the device holds',
    options: { budget: 2e6 },
    code: 'does-not-fit',
    says: /a budget of 2,000,000 needs .* but this device allows/,
  },
  {
    what: 'a policy that needs more workgroup memory than the device has',
    model: { config: { num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256 } },
    options: { policy: 'h2o', knownHeads: [] },
    code: 'does-not-fit',
    says: /bytes of workgroup memory but this device allows 16384/,
  },
  {
    what: 'recall that needs more workgroup memory than the device has',
    model: { config: { num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256 } },
    options: { policy: 'streaming', recall: 'units', knownHeads: [] },
    code: 'does-not-fit',
    says: /bytes of workgroup memory but this device allows 16384/,
  },
  {
    what: 'heads of another width',
    model: { files: { 'other.safetensors': safetensors(heads(700)) } },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /fc1\.weight of the retaining heads .* has shape \(64, 700\), expected \(64, 768\)/,
  },
  {
    what: 'heads of another model',
    model: {
      files: {
        'other.safetensors': safetensors(heads(768), false, {
          model: `final-norm-sha256:${'0'.repeat(64)}`,
        }),
      },
    },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /was trained for a model whose final norm hashes to 00000000…/,
  },
  {
    what: 'heads of values that are not read',
    model: { files: { 'other.safetensors': safetensors(heads(768, 'I8')) } },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /is stored as I8/,
  },
  {
    what: 'heads of PyTorch that are cut',
    model: { files: { 'heads.bin': { begins: Uint8Array.of(0x50, 0x4b, 3, 4), bytes: 9e6 } } },
    options: { heads: at('heads.bin') },
    code: 'bad-file',
    says: /is cut: its zip directory is missing/,
  },
  {
    what: 'a compressor of another shape',
    model: { files: { 'other.safetensors': safetensors(compressor(8, 100)) } },
    options: { policy: 'lococo', compressor: at('other.safetensors') },
    code: 'bad-file',
    says: /has shape \(8, 100, 3\), expected \(merged slots, 128,/,
  },
  {
    what: 'a policy that merges without a compressor',
    options: { policy: 'lococo' },
    code: 'bad-setting',
    says: /needs a compressor/,
  },
]

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
    const tokens = Array.from({ length: 150_000 }, (_, id) => `token ${id * 7919}`)
    const metadata = { 'tokenizer.ggml.merges': tokens.map((token) => `${token} ${token}`) }
    const config = { vocab_size: tokens.length, hidden_size: 128 }
    const large = { tokens, metadata, config }

    it('costs its header and hardly more where its pre-tokenizer is not known', async () => {
      const files = form.files(virtualModel({ ...large, pre: 'gpt-4o' }))
      const { server, gpu, outcome } = await loading(files, form)
      const [file] = Object.values(files)
      const header = typeof file === 'object' && 'begins' in file ? file.begins.length : 0
      expect(header).toBeGreaterThan(most)
      expect(outcome).toEqual(
        refused('unsupported-model', /the GGUF pre-tokenizer gpt-4o is not supported/),
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
