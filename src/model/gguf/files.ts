// A GGUF file in the role of a model's folder. config.json, tokenizer.json and tokenizer_config.json are made from its
// metadata when they are read; the checkpoint is the file itself.
import { LongtabError } from '../../api/errors.ts'
import type { ByteFile } from '../../files/byte_file.ts'
import type { ModelFiles } from '../model_files.ts'
import { ggufCheckpoint, ggufCodes, readRows } from './checkpoint.ts'
import { configOf, type RotaryFactors } from './config.ts'
import { readHeader, type GgufHeader } from './header.ts'
import { tokenizerOf, type TokenizerTexts } from './tokenizer.ts'

const made = ['config.json', 'tokenizer.json', 'tokenizer_config.json']

export function ggufFiles(file: ByteFile): ModelFiles {
  let reading: Promise<GgufHeader> | undefined
  const header = (signal?: AbortSignal) => (reading ??= readHeader(file, signal))
  let making: Promise<TokenizerTexts> | undefined
  const texts = (signal?: AbortSignal) => (making ??= header(signal).then(tokenizerOf))
  return {
    folder: file.name,
    has: (name) => Promise.resolve(made.includes(name)),
    names: () => Promise.resolve(made),
    async text(name, signal) {
      if (name === 'config.json') {
        const found = await header(signal)
        return JSON.stringify(configOf(found, await rotaryFactors(file, found, signal)))
      }
      if (name === 'tokenizer.json') return (await texts(signal)).tokenizer
      if (name === 'tokenizer_config.json') return (await texts(signal)).config
      throw new LongtabError('bad-file', `${file.name} is one file and holds no ${name}`)
    },
    file: () => file,
    checkpoint: async (signal) => ggufCheckpoint(file, await header(signal)),
    codes: async (signal) => ggufCodes(await header(signal)),
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
