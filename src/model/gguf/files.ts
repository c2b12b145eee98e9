// A GGUF file in the role of a model's folder: config.json, tokenizer.json and tokenizer_config.json are made from its
// metadata when they are asked for, and the checkpoint is the file itself.
import { LongtabError } from '../../errors.ts'
import type { ByteFile } from '../byte_file.ts'
import type { ModelFiles } from '../files.ts'
import { ggufCheckpoint, readRows } from './checkpoint.ts'
import { configOf, type RotaryFactors } from './config.ts'
import { readHeader, type GgufHeader } from './header.ts'
import { tokenizerOf } from './tokenizer.ts'

const texts = ['config.json', 'tokenizer.json', 'tokenizer_config.json']

export function ggufFiles(file: ByteFile): ModelFiles {
  let reading: Promise<GgufHeader> | undefined
  const header = (signal?: AbortSignal) => (reading ??= readHeader(file, signal))
  return {
    folder: file.name,
    has: (name) => Promise.resolve(texts.includes(name)),
    async text(name, signal) {
      const found = await header(signal)
      if (name === 'config.json') {
        return JSON.stringify(configOf(found, await rotaryFactors(file, found, signal)))
      }
      if (name === 'tokenizer.json') return tokenizerOf(found).tokenizer
      if (name === 'tokenizer_config.json') return tokenizerOf(found).config
      throw new LongtabError('bad-file', `${file.name} is one file and holds no ${name}`)
    },
    file: () => file,
    checkpoint: async (signal) => ggufCheckpoint(file, await header(signal)),
  }
}

async function rotaryFactors(
  file: ByteFile,
  { tensors }: GgufHeader,
  signal?: AbortSignal,
): Promise<RotaryFactors> {
  const factors = async (name: string) => {
    const tensor = tensors.find((one) => one.name === name)
    if (tensor === undefined) return undefined
    for await (const { values } of readRows(file, tensor, 1, signal)) return [...values]
    return undefined
  }
  const always = await factors('rope_freqs.weight')
  const short = await factors('rope_factors_short.weight')
  const long = await factors('rope_factors_long.weight')
  return { ...(always && { always }), ...(short && { short }), ...(long && { long }) }
}
