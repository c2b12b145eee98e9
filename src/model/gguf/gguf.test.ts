// GGUF files written by the Python package (fixtures/gguf_files.py) against the Hugging Face folders they were made from.
import { readFileSync, readdirSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, it } from 'vitest'
import { blobFile } from '../../files/blob_file.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { describe as describeConfig, readDescription } from '../config.ts'
import { readJson } from '../../files/folder_files.ts'
import { fingerprint } from '../fingerprint.ts'
import { openFiles } from '../../testing/open_files.ts'
import { checkTensors, requiredTensors } from '../required_tensors.ts'
import { openCheckpoint } from '../open_checkpoint.ts'
import { blockFormats } from './blocks.ts'
import { configOf } from './config.ts'
import { readHeader } from './header.ts'
import { tokenizerOf } from './tokenizer.ts'
import { withFileOrder } from './value_heads.fixture.ts'

const fixtures = new URL('../../../fixtures/', import.meta.url)
const bytesOf = (path: string) => Uint8Array.from(readFileSync(new URL(path, fixtures)))
const open = (bytes: Uint8Array<ArrayBuffer>) =>
  openFiles([new File([bytes], 'model.gguf')], () => undefined)

async function valuesOf(checkpoint: Checkpoint, name: string): Promise<number[]> {
  const values: number[] = []
  for await (const slice of checkpoint.rows(name)) values.push(...slice.values)
  return values
}

/** What llama.cpp takes as given where the checkpoint of the fixture has it otherwise. */
const assumed: Record<string, { attentionScale?: number; windows?: number[] }> = {
  gemma2: { attentionScale: 1 / Math.sqrt(8) },
  gemma3: { attentionScale: 1 / Math.sqrt(8), windows: [24, 24, 24] },
}

/** Gate and up are two matrices in Granite's GGUF files and one in Granite 4's checkpoints. */
async function valuesIn(checkpoint: Checkpoint, name: string): Promise<number[]> {
  if (checkpoint.tensors.has(name)) return valuesOf(checkpoint, name)
  const [, layer, role] = /^(.+)\.mlp\.(gate|up|down)_proj\.weight$/.exec(name)!
  if (role === 'down') return valuesOf(checkpoint, `${layer}.shared_mlp.output_linear.weight`)
  const both = await valuesOf(checkpoint, `${layer}.shared_mlp.input_linear.weight`)
  const half = both.length / 2
  return role === 'gate' ? both.slice(0, half) : both.slice(half)
}

const families = readdirSync(new URL('gguf/', fixtures))
  .filter((name) => name.endsWith('.gguf'))
  .map((name) => name.slice(0, -'.gguf'.length))

describe.each(families)('%s.gguf', async (name) => {
  const files = open(bytesOf(`gguf/${name}.gguf`))
  const folder = openFiles(
    readdirSync(new URL(`families/${name}/`, fixtures)).map(
      (file) => new File([bytesOf(`families/${name}/${file}`)], file),
    ),
    () => undefined,
  )

  it('has the same fingerprint', async () => {
    const [got, wanted] = [
      await fingerprint(await readDescription(files), await files.checkpoint!()),
      await fingerprint(await readDescription(folder), await openCheckpoint(folder)),
    ]
    expect(got).toBe(wanted)
  })

  it('describes the same model', async () => {
    const [got, wanted] = [await readDescription(files), await readDescription(folder)]
    const { attention, normEpsilon, attentionScale, embeddingScale, ...same } = wanted
    const { family, tensors } = got
    const { deltaNet } = wanted
    const others = {
      ...same,
      ...(name === 'granite-hybrid' && { family, tensors }),
      ...(deltaNet && { deltaNet: { ...deltaNet, sharing: 'in turn' } }),
    }
    const { windows, attentionScale: scale = attentionScale } = assumed[name] ?? {}
    expect(got).toMatchObject(others)
    expect(got.embeddingScale).toBeCloseTo(embeddingScale, 6)
    expect(got.normEpsilon).toBeCloseTo(normEpsilon, 9)
    expect(got.attentionScale).toBeCloseTo(scale, 7)
    expect(got.attention.map((own) => own?.window)).toEqual(
      windows ?? attention.map((own) => own?.window),
    )
    attention.forEach((own, layer) => {
      const found = got.attention[layer]
      if (!own || !found) {
        expect(found).toBe(own)
        return
      }
      const { rotary, window } = own
      if (found.window !== window) return // a local layer of Gemma 3 rotates otherwise
      expect(found.rotary.gain).toBeCloseTo(rotary.gain, 6)
      expect(found.rotary.within).toBe(rotary.within)
      expect(found.rotary.frequencies).toHaveLength(rotary.frequencies.length)
      rotary.frequencies.forEach((frequency, pair) => {
        const got = found.rotary.frequencies[pair]!
        if (frequency === 0) expect(got).toBeLessThan(1e-20)
        else expect(got / frequency).toBeCloseTo(1, 5)
      })
      if (!rotary.long) return
      expect(found.rotary.long?.above).toBe(rotary.long.above)
      rotary.long.frequencies.forEach((frequency, pair) =>
        expect(found.rotary.long!.frequencies[pair]! / frequency).toBeCloseTo(1, 5),
      )
    })
  })

  it('holds the same tensors, but for what 8 bits lose', async () => {
    const description = await readDescription(files)
    const [got, wanted] = [await files.checkpoint!(), await openCheckpoint(folder)]
    checkTensors(description, got)
    for (const tensor of requiredTensors(description).keys()) {
      const { deltaNet, hidden } = description
      const plain = await valuesIn(wanted, tensor)
      const expected = deltaNet ? withFileOrder(tensor, plain, deltaNet, hidden) : plain
      const largest = Math.max(...expected.map(Math.abs))
      ;(await valuesOf(got, tensor)).forEach((value, i) =>
        expect(Math.abs(value - expected[i]!), tensor).toBeLessThan(largest / 200),
      )
    }
  })

  it('makes the same tokens of any text', async () => {
    const of = async (source: typeof files) => {
      const texts = ['tokenizer.json', 'tokenizer_config.json']
      const [json, config] = await Promise.all(texts.map((text) => readJson(source, text)))
      return new Tokenizer(json as object, config as object)
    }
    const [got, wanted] = [await of(files), await of(folder)]
    const text =
      'the inn, the "tea"…\n\n  語と日本 123456 🙂 def f(x): return x</s> ' + 'a'.repeat(500)
    expect(got.encode(text).ids).toEqual(wanted.encode(text).ids)
    expect(got.decode(got.encode(text).ids, { skip_special_tokens: true })).toBe(
      wanted.decode(wanted.encode(text).ids, { skip_special_tokens: true }),
    )
  })
})

describe('a SentencePiece vocabulary', () => {
  const tokens = ['<unk>', '<s>', '</s>', '<0x0A>', '▁', 'a', 'b', 'c', 'ab', '▁a', 'abc', '▁ab']
  const scores = [0, 0, 0, 0, -9, -9, -9, -9, -2, -1, -3, -4]
  const read = (more: object = {}) => {
    const { tokenizer, config } = tokenizerOf({
      metadata: {
        'tokenizer.ggml.model': 'llama',
        'tokenizer.ggml.tokens': tokens,
        'tokenizer.ggml.scores': scores,
        'tokenizer.ggml.token_type': [2, 3, 3, 6, 1, 1, 1, 1, 1, 1, 1, 1],
        'tokenizer.ggml.bos_token_id': 1,
        'tokenizer.ggml.eos_token_id': 2,
        'tokenizer.ggml.unknown_token_id': 0,
        ...more,
      },
      tensors: [],
    })
    return new Tokenizer(JSON.parse(tokenizer) as object, JSON.parse(config) as object)
  }
  const pieces = (ids: number[]) => ids.map((id) => tokens[id])

  it('joins the best piece first', () => {
    // ▁ a b c: ▁a scores higher than ab, and then ▁ab is left
    expect(pieces(read().encode('abc').ids)).toEqual(['<s>', '▁ab', 'c'])
    expect(pieces(read().encode('cabc').ids)).toEqual(['<s>', '▁', 'c', 'abc'])
  })

  it('knows control tokens, falls back to bytes, and puts a space in front or not', () => {
    expect(pieces(read().encode('a</s>\n').ids)).toEqual(['<s>', '▁a', '</s>', '▁', '<0x0A>'])
    const without = read({ 'tokenizer.ggml.add_space_prefix': false })
    expect(pieces(without.encode('abc').ids)).toEqual(['<s>', 'abc'])
    const bare = read({ 'tokenizer.ggml.add_bos_token': false })
    expect(pieces(bare.encode('a').ids)).toEqual(['▁a'])
  })
})

it('a piece whose cuts could not be counted through is refused', () => {
  const tokens = ['a', 'a'.repeat(2000)]
  const metadata = { 'tokenizer.ggml.model': 'llama', 'tokenizer.ggml.tokens': tokens }
  expect(() => tokenizerOf({ metadata, tensors: [] })).toThrow(
    /piece 1 of the GGUF tokenizer has 2,000 characters, at most 1,024 are read/,
  )
})

describe('a description of Granite', () => {
  const embedding = { name: 'token_embd.weight', shape: [50, 32], type: 'F32', start: 0, bytes: 0 }
  const described = (more: object) => {
    const metadata = {
      'general.architecture': 'granite',
      'granite.block_count': 2,
      'granite.embedding_length': 32,
      'granite.feed_forward_length': 64,
      'granite.attention.head_count': 4,
      'granite.attention.scale': 0.5,
      ...more,
    }
    const header = { metadata, tensors: [{ ...embedding, format: blockFormats.F32! }] }
    return describeConfig(configOf(header, {}), {})
  }

  it('has no positions where rope.scaling.finetuned is false', () => {
    const pairs = (more: object) => described(more).attention[1]!.rotary.frequencies.length
    expect(pairs({})).toBe(4)
    expect(pairs({ 'granite.rope.scaling.finetuned': true })).toBe(4)
    expect(pairs({ 'granite.rope.scaling.finetuned': false })).toBe(0)
  })

  it('scales attention as other families do where the file has no scale', () => {
    expect(described({}).attentionScale).toBe(0.5)
    expect(described({ 'granite.attention.scale': 0 }).attentionScale).toBeCloseTo(1 / Math.sqrt(8))
  })

  it('has as many KV heads in every layer, however they are listed', () => {
    const kvHeads = 'granite.attention.head_count_kv'
    expect(described({ [kvHeads]: [2, 2] }).kvHeads).toBe(2)
    expect(() => described({ [kvHeads]: [2, 0] })).toThrow('num_key_value_heads')
  })
})

it('a file of Mistral 3 without YaRN rotates plainly, to any position', () => {
  const embedding = { name: 'token_embd.weight', shape: [50, 32], type: 'F32', start: 0, bytes: 0 }
  const metadata = {
    'general.architecture': 'mistral3',
    'mistral3.block_count': 1,
    'mistral3.embedding_length': 32,
    'mistral3.feed_forward_length': 64,
    'mistral3.attention.head_count': 4,
    'mistral3.rope.freq_base': 10_000,
  }
  const header = { metadata, tensors: [{ ...embedding, format: blockFormats.F32! }] }
  const { rotary } = describeConfig(configOf(header, {}), {}).attention[0]!
  expect(rotary.gain).toBe(1)
  expect(rotary.within).toBeUndefined()
  expect(rotary.frequencies.at(-1)).toBeCloseTo(0.001, 6)
})

describe('damage', () => {
  const whole = bytesOf('gguf/llama3.gguf')
  const load = async (bytes: Uint8Array<ArrayBuffer>) => {
    const files = open(bytes)
    const description = await readDescription(files)
    await files.text('tokenizer.json')
    checkTensors(description, await files.checkpoint!())
  }

  it('a file cut among its tensors says so, with the bytes it should have and those it has', async () => {
    const sizes = [whole.length - 1, Math.floor(whole.length * 0.8), 30_000]
    for (const size of sizes) {
      await expect(load(whole.slice(0, size))).rejects.toThrow(
        `is cut: its tensors end at ${whole.length.toLocaleString('en-US')} bytes and the file has ${size.toLocaleString('en-US')} bytes`,
      )
    }
  })

  it('a file cut anywhere is refused in one sentence', async () => {
    const early = Array.from({ length: 64 }, (_, size) => size)
    const anywhere = Array.from({ length: 128 }, (_, i) => Math.floor((i * whole.length) / 128))
    for (const size of [...early, ...anywhere]) {
      await expect(load(whole.slice(0, size)), `${size} bytes`).rejects.toMatchObject({
        name: 'LongtabError',
        code: 'bad-file',
        message: expect.stringMatching(
          /^model\.gguf is (empty; |(cut|not a GGUF file that can be read): ).+$/,
        ) as string,
      })
    }
  })

  it('a scale that is no number is found, also where the codes stay as they are', async () => {
    const bytes = whole.slice()
    const file = blobFile(new Blob([bytes]), 'model.gguf', () => undefined)
    const { tensors } = await readHeader(file)
    const { start } = tensors.find(({ name }) => name === 'blk.0.attn_v.weight')!
    bytes[start + 1] = 0x7e
    const damaged = await open(bytes).checkpoint!()
    const rows = damaged.packedRows!('model.layers.0.self_attn.v_proj.weight', 'q8')!
    await expect(rows[Symbol.asyncIterator]().next()).rejects.toThrow(
      /blk.0.attn_v.weight holds NaN; the che/,
    )
  })

  it('another file is no GGUF', async () => {
    const text = new TextEncoder().encode('{"not": "a model"}')
    await expect(load(text)).rejects.toThrow(/model.gguf is not a GGUF file/)
  })

  it('an unknown architecture is named', async () => {
    const bytes = whole.slice()
    const at = new TextDecoder('latin1').decode(bytes).indexOf('general.architecture')
    bytes[at + 'general.architecture'.length + 12] = 'x'.charCodeAt(0)
    await expect(load(bytes)).rejects.toThrow(/GGUF architecture xlama is not supported; supp/)
  })

  it('Granite with layers of Mamba is named', () => {
    const header = { metadata: { 'general.architecture': 'granitehybrid' }, tensors: [] }
    expect(() => configOf(header, {})).toThrow(/GGUF architecture granitehybrid is not supported/)
  })
})
