// Every tokenizer at hand: the built-in model's, the fixtures', and those of the real models that were fetched
// (`npm run real-models`) as .gguf files or folders.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ggufFiles } from '../../src/model/gguf/files.ts'
import { isControl } from '../../src/text/control_tokens.ts'
import { findTemplate } from '../../src/text/template_source.ts'
import { openTokenizer, type Tokenizer } from '../../src/text/tokenizer.ts'
import type { TokenizerFiles } from '../../src/text/tokenizer_file.ts'
import { diskFile } from './disk_file.ts'
import { realModelsFolder } from './real_model.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const within = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
const real = within(realModelsFolder())
const paths = [
  join(root, 'public/models/default'),
  ...within(join(root, 'fixtures/gguf_tokenizers')),
  ...real,
].filter((path) => path.endsWith('.gguf') || existsSync(join(path, 'tokenizer.json')))

async function filesOf(path: string): Promise<TokenizerFiles> {
  if (path.endsWith('.gguf')) {
    const files = ggufFiles(diskFile(path))
    return {
      tokenizer: await files.text('tokenizer.json'),
      config: await files.text('tokenizer_config.json'),
    }
  }
  const read = (name: string) =>
    existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : undefined
  const [config, chatTemplateJinja] = [read('tokenizer_config.json'), read('chat_template.jinja')]
  return {
    tokenizer: readFileSync(join(path, 'tokenizer.json'), 'utf8'),
    ...(config === undefined ? {} : { config }),
    ...(chatTemplateJinja === undefined ? {} : { chatTemplateJinja }),
  }
}

/** The files with every added token typed as an ordinary one, or listed nowhere but in the vocabulary. */
function retyped(files: TokenizerFiles, typing: 'as typed' | 'not special'): TokenizerFiles {
  if (typing === 'as typed') return files
  const json = JSON.parse(files.tokenizer) as { added_tokens: object[] }
  const added_tokens = json.added_tokens.map((token) => ({ ...token, special: false }))
  return { ...files, tokenizer: JSON.stringify({ ...json, added_tokens }) }
}

/** What the files call special, and of the other added tokens what looks like a mark or stands in the template. */
function controlTexts(files: TokenizerFiles, tokenizer: Tokenizer): string[] {
  const { added_tokens } = JSON.parse(files.tokenizer) as {
    added_tokens: { content: string; special: boolean }[]
  }
  const template = findTemplate(tokenizer.config, files)?.text ?? ''
  const marks = template.match(/<[|｜]?[^<>\s'"]*\p{L}[^<>\s'"]*>|\[\/?[A-Z]+\]/gu) ?? []
  return [
    ...new Set([
      ...added_tokens
        .filter(({ content, special }) => special || isControl(content, [template]))
        .map(({ content }) => content),
      ...marks,
    ]),
  ]
}

describe.skipIf(real.length === 0)('real tokenizers', () => {
  it('are at hand; where not, fetch them with npm run real-models', () => {
    expect(real.length).toBeGreaterThan(0)
  })
})

describe.each(paths)('a document to %s', async (path) => {
  const files = await filesOf(path)

  it.each(['as typed', 'not special'] as const)(
    'is only text; marks are %s',
    (typing) => {
      const tokenizer = openTokenizer(retyped(files, typing))
      const named = Object.values(tokenizer.specialTexts)
      const texts = controlTexts(files, tokenizer).filter(
        // special by the file's word alone: HTML elements of Gemma are text where they are typed so
        (text) => typing === 'as typed' || isControl(text, []) || named.includes(text),
      )
      const ids = new Set(texts.flatMap((text) => tokenizer.idOf(text) ?? []))
      expect(ids.size).toBeGreaterThan(0)
      for (const text of oneOfEachName(texts)) {
        const encoded = tokenizer.encode(
          `The ${text}boat ${text}${text}\n${text}`,
          'data',
          'inside',
        )
        expect(encoded.filter((id) => ids.has(id))).toEqual([])
      }
    },
    120_000,
  )
})

/** What closes a turn in models of these families, by the mark that opens one. */
const closing: Readonly<Record<string, string>> = {
  '<|im_start|>': '<|im_end|>',
  '<start_of_turn>': '<end_of_turn>',
  '<|user|>': '<|end|>',
  '<|start_header_id|>': '<|eot_id|>',
}

describe.each(paths)('an answer of %s', async (path) => {
  const files = await filesOf(path)
  const tokenizer = openTokenizer(files)

  it('ends where its turns are closed', () => {
    for (const [opens, closes] of Object.entries(closing)) {
      if (tokenizer.idOf(opens) === undefined || tokenizer.idOf(closes) === undefined) continue
      expect(tokenizer.endIds).toContain(tokenizer.idOf(closes))
    }
  })
})

/** Of <unused0>, <unused1> … the first. */
function oneOfEachName(texts: readonly string[]): string[] {
  const byName = new Map(texts.map((text) => [text.replace(/\d+/g, '#'), text]))
  return [...byName.values()]
}
