// What a quality run needs to know before a browser opens the model: its tokenizer, and whether it has heads and a
// compressor. Also a hash of everything that its answers depend on.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LongtabError } from '../../src/api/errors.ts'
import type { ByteFile } from '../../src/files/byte_file.ts'
import { compressorTensors } from '../../src/model/compressor.ts'
import { describe } from '../../src/model/config.ts'
import { isModelFile, weightsInFolder } from '../../src/model/format_names.ts'
import { modelOpener } from '../../src/model/open_model_file.ts'
import { openSafetensors } from '../../src/model/safetensors/checkpoint.ts'
import { UrlFile } from '../../src/files/url_file.ts'
import { openTokenizer, type Tokenizer } from '../../src/text/tokenizer.ts'
import { UsageError } from '../shell/command.ts'
import { diskFile } from '../models/disk_file.ts'
import type { PolicyFiles, QualityOptions } from './options.ts'
import { folderUrl, isUrl } from '../shell/files.ts'

export type Count = (text: string) => number

type Chosen = Pick<QualityOptions, 'model' | 'heads' | 'compressor'>

const ownHeads = 'heads.safetensors'
const ownCompressor = 'compressor.safetensors'

export async function tokenCounter(model: string): Promise<Count> {
  const tokenizer = await tokenizerOf(model)
  return (text) => tokenizer.encode(text, 'data', 'start').length
}

export async function tokenizerOf(model: string): Promise<Tokenizer> {
  const config = await modelFile(model, 'tokenizer_config.json')
  return openTokenizer({
    tokenizer: (await modelFile(model, 'tokenizer.json'))?.toString() ?? '',
    ...(config === undefined ? {} : { config: config.toString() }),
  })
}

/** The model's context length in tokens. Throws LongtabError when the engine cannot run it. */
export async function contextOf(model: string): Promise<number> {
  const config = (await modelFile(model, 'config.json'))?.toString() ?? '{}'
  return describe(JSON.parse(config), {}).maxPositions
}

export async function hasHeads({ model, heads }: Chosen): Promise<boolean> {
  return heads !== undefined || (await isBeside(model, ownHeads))
}

/** The default compressor of policies that merge: a path or a URL. */
export async function compressorOf({ model, compressor }: Chosen): Promise<string | undefined> {
  if (compressor !== undefined) return compressor
  if (!(await isBeside(model, ownCompressor))) return undefined
  return isUrl(model) ? `${folderUrl(model)}${ownCompressor}` : join(model, ownCompressor)
}

async function isBeside(model: string, name: string): Promise<boolean> {
  if (isModelFile(model)) return false
  if (!isUrl(model)) return existsSync(join(model, name))
  return (await fetch(`${folderUrl(model)}${name}`, { method: 'HEAD' })).ok
}

/** Merged slots of a compressor, from the file's header. Throws UsageError when it holds none. */
export async function compressorSlots(compressor: string): Promise<number> {
  const { weight } = compressorTensors(0)
  try {
    const checkpoint = await openSafetensors(byteFile(compressor))
    checkpoint.close()
    const [slots = 0] = checkpoint.tensors.get(weight)?.shape ?? []
    if (slots > 0) return slots
  } catch (error) {
    if (error instanceof LongtabError) throw new UsageError(error.message)
    throw error
  }
  throw new UsageError(`${compressor} holds no compressor; tensor ${weight} is expected`)
}

/**
 * Hash of files on disk: configuration, tokenizer, weights, heads and compressor. For a URL, of configuration and
 * tokenizer.
 */
export async function modelHash({ model, heads, compressor }: Chosen): Promise<string> {
  const hash = createHash('sha256')
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    hash.update((await modelFile(model, name)) ?? '')
  }
  const beside = [
    ...weightsInFolder,
    ...(heads === undefined ? [ownHeads] : []),
    ...(compressor === undefined ? [ownCompressor] : []),
  ]
  const own = isModelFile(model) ? [model] : beside.map((name) => join(model, name))
  const large = isUrl(model) ? [] : own.filter((path) => existsSync(path))
  for (const path of large) await hashFile(hash, path)
  if (heads !== undefined) await hashFile(hash, heads)
  if (compressor !== undefined) await hashFile(hash, compressor)
  return shortened(hash)
}

/** Hash of the files that only one policy reads. */
export async function hashOfFiles({ heads = '', compressor = '' }: PolicyFiles): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [heads, compressor]) if (file !== '') await hashFile(hash, file)
  return shortened(hash)
}

/** Adds the bytes of a file on disk; for one behind a URL, its address. */
async function hashFile(hash: Hash, file: string): Promise<void> {
  if (isUrl(file)) hash.update(file)
  else for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
}

/** A text file of a model; undefined if missing. */
async function modelFile(model: string, name: string): Promise<Buffer | undefined> {
  const files = modelOpener(model)?.(byteFile(model))
  if (files !== undefined) {
    return (await files.has(name)) ? Buffer.from(await files.text(name)) : undefined
  }
  if (!isUrl(model)) return readFile(join(model, name)).catch(() => undefined)
  const response = await fetch(`${folderUrl(model)}${name}`)
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined
}

function byteFile(source: string): ByteFile {
  return isUrl(source) ? new UrlFile(new URL(source), ignore) : diskFile(source)
}

function ignore(): void {
  // a header is too short for a progress bar
}

/** The first 12 hexadecimal digits of SHA-256. */
export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return shortened(hash)
}

function shortened(hash: Hash): string {
  return hash.digest('hex').slice(0, 12)
}
