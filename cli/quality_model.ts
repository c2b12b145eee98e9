// What a quality run must know of the model before a browser opens it: its tokenizer, whether it has heads, and a hash of
// all that its answers follow from.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openTokenizer } from '../src/text/tokenizer.ts'
import type { QualityOptions } from './quality_options.ts'
import { folderUrl, isUrl } from './values.ts'

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
  if (!isUrl(model)) return existsSync(join(model, ownHeads))
  return (await fetch(`${folderUrl(model)}${ownHeads}`, { method: 'HEAD' })).ok
}

/** Of a folder: configuration, tokenizer, weights and heads; of a URL, its configuration and tokenizer. */
export async function modelHash({ model, heads }: Chosen): Promise<string> {
  const small = ['config.json', 'tokenizer.json', 'tokenizer_config.json']
  const large = ['model.safetensors', ...(heads === undefined ? [ownHeads] : [])]
  const names = [...small, ...(isUrl(model) ? [] : large)]
  const files = await Promise.all(names.map((name) => modelFile(model, name)))
  const given = heads === undefined || isUrl(heads) ? heads : await readFile(heads)
  return hashOf(...files.map((file) => file ?? ''), given ?? '')
}

/** A file of a model's folder or URL; undefined when it is not there. */
async function modelFile(model: string, name: string): Promise<Buffer | undefined> {
  if (!isUrl(model)) return readFile(join(model, name)).catch(() => undefined)
  const response = await fetch(`${folderUrl(model)}${name}`)
  return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined
}

/** The first 12 hexadecimal digits of SHA-256. */
export function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 12)
}
