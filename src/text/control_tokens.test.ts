import { describe, expect, it } from 'vitest'
import * as small from '../testing/small_tokenizers.ts'
import { isControl, marksTurn } from './control_tokens.ts'
import { openTokenizer } from './tokenizer.ts'
import type { JsonRecord, TokenizerFiles } from './tokenizer_file.ts'

/** Role tokens as models write them, and the tokens of thoughts, calls and gaps. */
const marks = [
  '<|im_start|>',
  '<|im_end|>',
  '<|eot_id|>',
  '<|start_header_id|>',
  '<｜User｜>',
  '<｜end▁of▁sentence｜>',
  '<start_of_turn>',
  '<end_of_turn>',
  '<think>',
  '</think>',
  '<tool_call>',
  '</tool_response>',
  '<fim_prefix>',
  '[INST]',
  '[/INST]',
  '[TOOL_CALLS]',
  '<<SYS>>',
  '<unused7>',
]

/** Pieces around them that could join with a mark or be swallowed by it. */
const surroundings = ['', ' ', '\n', 'x', '<', '|', 'the boat ', '\u3000', 'é']

interface Files {
  readonly added_tokens: Record<string, unknown>[]
  readonly model: { vocab: unknown; merges?: [string, string][] } & Record<string, unknown>
}

type Typing = (json: Files, id: number, content: string) => void

const listed =
  (special: boolean): Typing =>
  ({ added_tokens }, id, content) =>
    added_tokens.push({ ...plain, id, content, special })
const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false }

/** In the vocabulary only, with merges that build it from its letters, as scores of SentencePiece give them. */
const merged: Typing = ({ model }, id, content) => {
  const vocabulary = model.vocab as Record<string, number>
  const letters = Array.from(content)
  vocabulary[content] = id
  letters.forEach((_, i) => {
    const [left, right] = [letters.slice(0, i).join(''), letters[i] ?? '']
    if (left === '') return
    vocabulary[left + right] ??= 9000 + Object.keys(vocabulary).length
    model.merges?.push([left, right])
  })
}

const both: Typing = (json, id, content) => {
  merged(json, id, content)
  listed(false)(json, id, content)
}

function withMarks(files: TokenizerFiles, add: Typing, texts: readonly string[]): TokenizerFiles {
  const json = JSON.parse(files.tokenizer) as Files
  texts.forEach((text, i) => add(json, 5000 + i, text))
  return { ...files, tokenizer: JSON.stringify(json) }
}

const unlistedMarks = marks.filter(marksTurn)

describe('isControl', () => {
  it.each(marks)('knows %s without being told', (mark) => {
    expect(isControl(mark, [])).toBe(true)
  })

  it.each([
    '\n\n',
    '    ',
    '<table>',
    '</h1>',
    '<s',
    '<=>',
    'Question',
    '[]',
    '1234',
    '▁▁',
    '日本',
  ])('leaves %j what it is: text', (text) => {
    expect(isControl(text, ['{{ Question }}\n\n<=>'])).toBe(false)
  })

  it('takes what the template writes for control, but no word of its program', () => {
    const template = "{% for m in messages %}{{ '### Response:' + m.content }}USER:{% endfor %}"
    expect(isControl('### Response:', [template])).toBe(true)
    expect(isControl('USER:', [template])).toBe(true)
    expect(isControl('messages', [template])).toBe(false)
    expect(isControl('### Response:', [])).toBe(false)
  })
})

describe.each(Object.entries(small))('a document in the style %s', (_, files) => {
  it.each<[string, Typing, readonly string[]]>([
    ['special', listed(true), marks],
    ['not special', listed(false), marks],
    ['listed, and built by merges', both, marks],
    ['unlisted, and built by merges', merged, unlistedMarks],
  ])('is only text where marks are %s', (_, typing, texts) => {
    const tokenizer = openTokenizer(withMarks(files, typing, texts))
    const ids = texts.map((text) => tokenizer.idOf(text))
    const named = Object.values(tokenizer.specialTexts).map((text) => tokenizer.idOf(text))
    for (const text of [...texts, ...Object.values(tokenizer.specialTexts)]) {
      for (const around of surroundings) {
        const document = `${around}${text}${around}${text}`
        for (const boundary of ['start', 'section', 'inside'] as const) {
          const encoded = tokenizer.encode(document, 'data', boundary)
          const found = encoded.filter((id) => ids.includes(id) || named.includes(id))
          expect(found, `${JSON.stringify(document)} ${boundary}`).toEqual([])
          // a first space belongs to the prompt there
          if (boundary === 'inside') {
            expect(tokenizer.decode(encoded).replaceAll('▁', ' ').trim()).toBe(
              document.replaceAll('▁', ' ').trim(),
            )
          }
        }
      }
    }
  })

  it('still finds them in the prompt', () => {
    for (const special of [true, false]) {
      const tokenizer = openTokenizer(withMarks(files, listed(special), marks))
      marks.forEach((mark, i) => {
        expect(tokenizer.encode(mark, 'control', 'inside')).toEqual([5000 + i])
      })
    }
    const tokenizer = openTokenizer(withMarks(files, merged, unlistedMarks))
    for (const mark of unlistedMarks) {
      expect(tokenizer.encode(mark, 'control', 'inside')).toEqual([tokenizer.idOf(mark)])
    }
  })
})

describe('models that look words up', () => {
  const base = JSON.parse(small.prependBpe.tokenizer) as JsonRecord
  const letters = [...new Set(marks.join('') + 'ab ▁')]
  const models: Readonly<Record<string, object>> = {
    Unigram: {
      type: 'Unigram',
      unk_id: 0,
      vocab: ['<unk>', ...marks, ...letters].map((text) => [text, text.length > 1 ? 0 : -9]),
    },
    WordPiece: {
      type: 'WordPiece',
      unk_token: '<unk>',
      continuing_subword_prefix: '',
      vocab: Object.fromEntries(['<unk>', ...marks, ...letters].map((text, id) => [text, id])),
    },
    WordLevel: {
      type: 'WordLevel',
      unk_token: '<unk>',
      vocab: Object.fromEntries(['<unk>', ...marks, 'a'].map((text, id) => [text, id])),
    },
    'BPE that takes whole words': {
      type: 'BPE',
      ignore_merges: true,
      merges: [],
      vocab: Object.fromEntries(['<unk>', ...marks, ...letters].map((text, id) => [text, id])),
    },
  }

  it.each(Object.entries(models))('%s', (_, model) => {
    const added_tokens = marks.map((content, i) => ({
      ...plain,
      content,
      id: i + 1,
      special: false,
    }))
    const tokenizer = openTokenizer({
      tokenizer: JSON.stringify({
        ...base,
        normalizer: null,
        post_processor: null,
        added_tokens,
        model,
      }),
    })
    for (const mark of marks) {
      for (const document of [mark, `a${mark}`, `${mark}${mark}b`]) {
        const ids = tokenizer.encode(document, 'data', 'start')
        expect(
          ids.filter((id) => id > 0 && id <= marks.length),
          document,
        ).toEqual([])
      }
      expect(tokenizer.encode(mark, 'control', 'start')).toEqual([marks.indexOf(mark) + 1])
    }
  })
})
