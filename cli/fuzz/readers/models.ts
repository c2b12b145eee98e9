// Readers of a model's files: weights in every format, configurations, retaining heads, compressors, saved documents.
import { readFileSync } from 'node:fs'
import { randomCompressor } from '../../../reference/random_compressor.ts'
import { randomModel, smallShape } from '../../../reference/random_model.ts'
import type { ByteFile } from '../../../src/files/byte_file.ts'
import { parseJson } from '../../../src/files/folder_files.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import { openCompressor, readCompressorLayer } from '../../../src/model/compressor.ts'
import { describe, readDescription } from '../../../src/model/config.ts'
import { suggestedSampling } from '../../../src/model/generation_config.ts'
import { ggufFiles } from '../../../src/model/gguf/files.ts'
import { openTensors } from '../../../src/model/open_tensors.ts'
import { checkTensors } from '../../../src/model/required_tensors.ts'
import { openRetainingHeads } from '../../../src/model/retaining_heads.ts'
import { writeSafetensors } from '../../../src/model/safetensors/write.ts'
import { openTokenizer } from '../../../src/text/tokenizer.ts'
import { inBytes } from '../damage/bytes.ts'
import { inHeader } from '../damage/header.ts'
import { inJson } from '../damage/json.ts'
import { inMemory } from '../in_memory.ts'
import { textOf, type Bytes, type Reader } from '../reader.ts'

const fixtures = new URL('../../../fixtures/', import.meta.url)
export const fixture = (path: string): Bytes =>
  Uint8Array.from(readFileSync(new URL(path, fixtures)))
const indexOf = (file: Bytes, mark: string) => Buffer.from(file).indexOf(mark, 0, 'latin1')

/** Files that are made once in a process. */
export const files = (make: () => readonly Bytes[] | Promise<readonly Bytes[]>) => {
  let made: Promise<readonly Bytes[]> | undefined
  return () => (made ??= Promise.resolve(make()))
}

const ofFamily = ['gemma3', 'gemma4', 'granite', 'lfm2', 'llama3', 'phi3', 'qwen2', 'qwen3_5']

/** @param end of what is no tensor */
const inGguf = (end: (file: Bytes) => number) =>
  inBytes({
    pieces: [
      ...['\0\0\0\0', '\x08\0\0\0', '\x09\0\0\0', '\xff\xff\xff\xff'],
      ...['tokenizer.ggml.', '\0\x40'],
    ],
    regions: (file) => [[0, end(file)]],
  })

const { description: smallModel } = randomModel(smallShape, 1)
export const models: Readonly<Record<string, Reader>> = {
  gguf: {
    files: files(() => ['llama3', 'qwen3'].map((name) => fixture(`gguf/${name}.gguf`))),
    damage: inGguf((file) => indexOf(file, 'blk.1.ffn_up.weight') + 100),
    read: (bytes) => readGguf(inMemory(bytes)),
    short: 60, // some 10 ms each
    share: [0.02, 0.9],
  },
  'gguf-tokenizer': {
    files: files(() =>
      ['gemma4', 'gpt-2', 'phi3'].map((name) => fixture(`gguf_tokenizers/${name}.gguf`)),
    ),
    damage: inGguf((file) => file.length),
    async read(bytes) {
      const tokenizer = await ggufFiles(inMemory(bytes)).text('tokenizer.json')
      openTokenizer({ tokenizer }).encode('The boat, 1987', 'control', 'start')
    },
    short: 40, // some 10 ms each
    share: [0.02, 0.9],
  },
  safetensors: {
    files: files(() => [smallSafetensors()]),
    damage: inHeader,
    read: async (bytes) => readAllRows(await openTensors(inMemory(bytes))),
    short: 400,
    share: [0.01, 0.6],
  },
  pytorch: {
    files: files(() =>
      ['heads', 'state_dict', 'parameters', 'views'].map((name) => fixture(`pytorch/${name}.bin`)),
    ),
    damage: inBytes({
      pieces: [
        ...['(', ')', 't', 'R', 'Q', 'u', 'b', '.', '}', '2', '\x85', 'X'],
        ...['q\0', 'h\x05', 'cos\nsystem\n', 'PK'],
      ],
      regions: (file) => [
        [0, indexOf(file, 'PK\x03\x04') + 30],
        [indexOf(file, '\x80\x02'), indexOf(file, '.format_version')],
        [indexOf(file, 'PK\x01\x02'), file.length],
      ],
    }),
    read: async (bytes) => readAllRows(await openTensors(inMemory(bytes))),
    short: 400,
    share: [0.05, 0.8],
  },
  config: {
    files: files(() => ofFamily.map((name) => fixture(`families/${name}/config.json`))),
    damage: inJson,
    async read(bytes) {
      describe(parseJson(textOf(bytes), 'config.json'), {})
    },
    short: 400,
    share: [0.05, 0.95],
  },
  generation: {
    files: files(() => [
      Uint8Array.from(
        Buffer.from(
          JSON.stringify({
            ...{ do_sample: true, temperature: 0.7, top_k: 20, top_p: 0.8 },
            ...{ eos_token_id: [3, 5], bos_token_id: 1, transformers_version: '4.51.0' },
          }),
        ),
      ),
    ]),
    damage: inJson,
    async read(bytes) {
      const json = parseJson(textOf(bytes), 'generation_config.json')
      suggestedSampling(json)
      describe(parseJson(textOf(fixture('families/llama3/config.json')), 'config.json'), json)
    },
    short: 150,
    share: [0.05, 0.95],
  },
  heads: {
    files: files(() => [fixture('gqa-tied-f32/heads.safetensors')]),
    damage: inHeader,
    async read(bytes) {
      const config = parseJson(textOf(fixture('gqa-tied-f32/config.json')), 'config.json')
      const { checkpoint } = await openRetainingHeads(inMemory(bytes), describe(config, {}))
      await readAllRows(checkpoint)
    },
    short: 150,
    share: [0.005, 0.8],
  },
  compressor: {
    files: files(async () => {
      const { file } = randomCompressor(smallModel, { merged: 6, taps: 5, lambda: 0.5 }, 3)
      return [new Uint8Array(await file.arrayBuffer())]
    }),
    damage: inHeader,
    async read(bytes) {
      const compressor = await openCompressor(inMemory(bytes), smallModel)
      for (let layer = 0; layer < smallModel.layers; layer++)
        await readCompressorLayer(compressor, smallModel, layer)
    },
    short: 150,
    share: [0.005, 0.8],
  },
}

async function readGguf(file: ByteFile): Promise<void> {
  const gguf = ggufFiles(file)
  openTokenizer({ tokenizer: await gguf.text('tokenizer.json') })
  const description = await readDescription(gguf)
  const checkpoint = await gguf.checkpoint?.()
  if (checkpoint === undefined) throw new Error('a GGUF file without a checkpoint')
  checkTensors(description, checkpoint)
  await readAllRows(checkpoint)
}

async function readAllRows(checkpoint: Checkpoint): Promise<void> {
  for (const name of checkpoint.tensors.keys())
    for await (const { first } of checkpoint.rows(name))
      if (!(first >= 0)) throw new Error(`row ${first} of ${name}`)
}

function smallSafetensors(): Bytes {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6)
  const a = { name: 'a', shape: [2, 3], values, dtype: 'F32' } as const
  const b = { name: 'b', shape: [2, 2], values: values.subarray(2), dtype: 'BF16' } as const
  return writeSafetensors([a, b], { format: 'pt' })
}
