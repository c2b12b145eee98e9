// Tokenizers made of GGUF metadata against Python's `tokenizers` and `sentencepiece` (fixtures/gguf_tokenizers.py).
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openTokenizer } from '../../text/tokenizer.ts'
import { blobFile } from '../../files/blob_file.ts'
import { ggufFiles } from './files.ts'

interface Expected {
  readonly texts: readonly {
    readonly text: string
    readonly ids: number[]
    readonly decoded: string
  }[]
}

const fixtures = new URL('../../../fixtures/gguf_tokenizers/', import.meta.url)

async function open(name: string) {
  const bytes = readFileSync(new URL(`${name}.gguf`, fixtures))
  const files = ggufFiles(blobFile(new Blob([bytes]), `${name}.gguf`, () => undefined))
  const [tokenizer, config] = [
    await files.text('tokenizer.json'),
    await files.text('tokenizer_config.json'),
  ]
  return openTokenizer({ tokenizer, config })
}

const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.gguf'))
  .map((name) => name.slice(0, -'.gguf'.length))

describe.each(names)('the tokenizer %s', async (name) => {
  const tokenizer = await open(name)
  const { texts } = JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as Expected

  it.each(texts)('$text', ({ text, ids, decoded }) => {
    expect(tokenizer.encodeFramed(text)).toEqual(ids)
    expect(tokenizer.decode(ids)).toBe(decoded)
  })
})
