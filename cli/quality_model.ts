// What a quality run must know of the model before a browser opens it: its tokenizer, whether it has heads, and a hash of
// all that its answers follow from.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ggufFiles } from '../src/model/gguf/files.ts'
import { UrlFile } from '../src/model/url_file.ts'
import { openTokenizer } from '../src/text/tokenizer.ts'
import { diskFile } from './disk_file.ts'
import type { QualityOptions } from './quality_options.ts'
import { folderUrl, isGguf, isUrl } from './values.ts'

export type Count = (text: string) => number

type Chosen = Pick<QualityOptions, 'model' | 'heads'>

const ownHeads = 'heads.safetensors'

export async function tokenCounter(model: string): Promise<Count> {
  const config = await modelFile(model, 'tokenizer_config.json')
  const tokenizer = openTokenizer({
    tokenizer: (await modelFile(model, 'tokenizer.json'))?.toString() ?? '',
    ...(config === undefined ? {} : { config: config.toString() }),
  })
  return (text) => tokenizer.encode(text, 'data', 'start').length
}

export async function hasHeads({ model, heads }: Chosen): Promise<boolean> {
  if (heads !== undefined) return true
  if (isGguf(model)) return false
  if (!isUrl(model)) return existsSync(join(model, ownHeads))
  return (await fetch(`${folderUrl(model)}${ownHeads}`, { method: 'HEAD' })).ok
}

/** Of files on the disk: configuration, tokenizer, weights and heads; of a URL, its configuration and tokenizer. */
export async function modelHash({ model, heads }: Chosen): Promise<string> {
  const hash = createHash('sha256')
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    hash.update((await modelFile(model, name)) ?? '')
  }
  const folder = heads === undefined ? ['model.safetensors', ownHeads] : ['model.safetensors']
  const own = isGguf(model) ? [model] : folder.map((name) => join(model, name))
  const large = isUrl(model) ? [] : own.filter((path) => existsSync(path))
  if (heads !== undefined && !isUrl(heads)) large.push(heads)
  for (const path of large) {
    for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer)
  }
  if (heads !== undefined && isUrl(heads)) hash.update(heads)
  return shortened(hash)
}

/** A text of a model; undefined when it is not there. */
async function modelFile(model: string, name: string): Promise<Buffer | undefined> {
  if (isGguf(model)) {
    const files = ggufFiles(isUrl(model) ? new UrlFile(new URL(model), ignore) : diskFile(model))
    return (await files.has(name)) ? Buffer.from(await files.text(name)) : undefined
  }
  if (!isUrl(model)) return readFile(join(model, name)).catch(() => undefined)
  const response = await fetch(`${folderUrl(model)}${name}`)
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined
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
