import { Tokenizer as Library } from '@huggingface/tokenizers'
import { describe, expect, it } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { randomText } from '../testing/random_text.ts'
import * as small from '../testing/small_tokenizers.ts'
import { openTokenizer } from './tokenizer.ts'
import type { TokenizerFiles } from './tokenizer_file.ts'

interface TokenizerJson {
  added_tokens: Record<string, unknown>[]
  model: Record<string, unknown>
  [part: string]: unknown
}

/** The same files with a changed tokenizer.json and other settings. */
function changed(
  files: TokenizerFiles,
  change: (json: TokenizerJson) => void,
  config: object = {},
): TokenizerFiles {
  const json = JSON.parse(files.tokenizer) as TokenizerJson
  change(json)
  return {
    tokenizer: JSON.stringify(json),
    config: JSON.stringify({ ...(JSON.parse(files.config!) as object), ...config }),
  }
}

describe.each(Object.entries(small))('a tokenizer of the style %s', (_, files) => {
  const tokenizer = openTokenizer(files)
  const library = new Library(
    JSON.parse(files.tokenizer) as object,
    JSON.parse(files.config!) as object,
  )

  it('encodes a framed text as the library does', () => {
    for (const text of ['', 'the water', randomText(1, 3000)]) {
      expect(tokenizer.encodeFramed(text)).toEqual(library.encode(text).ids)
    }
  })

  it('decodes what it encoded', () => {
    // Without a first space: Metaspace cannot tell it from the one it adds.
    for (const text of ['', 'the  water ', 'a\n\n\nb', 'Café 日本 👩‍👩‍👧 12345', "we .  don ' t !"]) {
      expect(tokenizer.decode(tokenizer.encode(text, 'data', 'start'))).toBe(text)
    }
  })

  it('knows the bytes of its tokens', () => {
    const bytes = tokenizer.tokenBytes(tokenizer.largestId + 1)
    for (const text of ['the water\n', 'Café 日本 👩‍👩‍👧 12345', '{"a": [1, 2]}']) {
      const written = tokenizer.encode(text, 'data', 'inside').flatMap((id) => [...bytes[id]!])
      expect(new TextDecoder().decode(Uint8Array.from(written))).toBe(text)
    }
    for (const id of tokenizer.controlIds) expect(bytes[id]).toBeUndefined()
  })

  it('takes special tokens in data for text', () => {
    const names = Object.values(tokenizer.specialTexts)
    const text = names.map((name) => `x ${name} y${name}`).join('')
    const isSpecial = (id: number) => tokenizer.specialIds.has(id)
    expect(tokenizer.encode(text, 'data', 'start').some(isSpecial)).toBe(false)
    expect(tokenizer.decode(tokenizer.encode(text, 'data', 'start'))).toBe(text)
    expect(tokenizer.encode(text, 'control', 'start').filter(isSpecial)).toHaveLength(
      2 * names.length,
    )
  })

  it('encodes a text that goes on as part of the text before it', () => {
    const [head, tail] = ['the boat', ' and the  wind, 123']
    const encode = (text: string, boundary: 'start' | 'inside') =>
      tokenizer.encode(text, 'control', boundary)
    expect([...encode(head, 'start'), ...encode(tail, 'inside')]).toEqual(
      encode(head + tail, 'start'),
    )
    expect([...encode('the\n', 'start'), ...encode('the', 'inside')]).toEqual(
      encode('the\nthe', 'start'),
    )
  })

  it('encodes a text behind a special token as the section it is', () => {
    const { eos_token: end = '' } = tokenizer.specialTexts
    const encode = (text: string, boundary: 'start' | 'section' | 'inside') =>
      tokenizer.encode(text, 'control', boundary)
    expect(tokenizer.boundaryAfter(`the${end}`)).toBe('section')
    expect([...encode(`the${end}`, 'start'), ...encode('wind', 'section')]).toEqual(
      encode(`the${end}wind`, 'start'),
    )
    expect(encode(`boat${end}wind`, 'inside')).toEqual([
      ...encode('boat', 'inside'),
      ...encode(`${end}wind`, 'start'),
    ])
  })
})

describe('openTokenizer', () => {
  const files = small.prependBpe

  it('says where a text stands', () => {
    const tokenizer = openTokenizer(files)
    expect(tokenizer.boundaryAfter('')).toBe('start')
    expect(tokenizer.boundaryAfter('the</s>')).toBe('section')
    expect(tokenizer.boundaryAfter('</s>the ')).toBe('inside')
  })

  it('knows tokens that swallow the white space around them', () => {
    const stripping = openTokenizer(
      changed(files, (json) =>
        Object.assign(json.added_tokens[2]!, { lstrip: true, rstrip: true }),
      ),
    )
    const end = stripping.idOf('</s>')!
    expect(stripping.boundaryAfter('the</s>\n')).toBe('section')
    expect(stripping.encode('a \n</s>', 'control', 'inside')).toEqual([
      ...stripping.encode('a', 'control', 'inside'),
      end,
    ])
  })

  it('takes tokens named in the configuration for special', () => {
    const tokenizer = openTokenizer(
      changed(files, (json) => (json.added_tokens[2]!['special'] = false)),
    )
    expect(tokenizer.specialIds.has(2)).toBe(true)
    expect(tokenizer.encode('</s>', 'data', 'start')).not.toContain(2)
  })

  it('adds tokens that only the configuration lists', () => {
    const added_tokens_decoder = { 900: { content: '<|note|>', special: true } }
    const tokenizer = openTokenizer(changed(files, () => undefined, { added_tokens_decoder }))
    expect(tokenizer.encode('<|note|>', 'control', 'start')).toEqual([900])
    expect(tokenizer.encode('<|note|>', 'data', 'start')).not.toContain(900)
  })

  it('lets add_bos_token decide only when there is no post-processor', () => {
    const without = (config: object) =>
      openTokenizer(changed(files, (json) => (json['post_processor'] = null), config)).frame
    expect(without({ add_bos_token: true })).toEqual({ before: [1], after: [] })
    expect(without({ add_bos_token: true, add_eos_token: true })).toEqual({
      before: [1],
      after: [2],
    })
    expect(without({})).toEqual({ before: [], after: [] })
    const withOne = openTokenizer(changed(files, () => undefined, { add_bos_token: false }))
    expect(withOne.frame).toEqual({ before: [1], after: [] })
  })

  it('reads special tokens written as objects', () => {
    const tokenizer = openTokenizer(
      changed(files, () => undefined, { eos_token: { content: '</s>', lstrip: false } }),
    )
    expect(tokenizer.specialTexts['eos_token']).toBe('</s>')
  })

  it('takes special tokens in data for text when the model looks words up', () => {
    const vocab = [
      ['<unk>', 0],
      ['</s>', 0],
      ['▁', -2],
      ['<', -3],
      ['/', -3],
      ['s', -3],
      ['>', -3],
    ]
    const unigram = openTokenizer(
      changed(files, (json) => (json.model = { type: 'Unigram', unk_id: 0, vocab })),
    )
    expect(unigram.encode('</s>', 'data', 'start')).toEqual([2, 3, 4, 5, 6])
    const words = openTokenizer(
      changed(files, (json) => {
        json['normalizer'] = null
        json['pre_tokenizer'] = { type: 'WhitespaceSplit' }
        json.model = {
          type: 'WordLevel',
          unk_token: '<unk>',
          vocab: { '<unk>': 0, '</s>': 2, a: 5 },
        }
      }),
    )
    expect(words.encode('a </s>', 'data', 'start')).toEqual([5, 0])
  })

  it.each(['special', 'not special', 'only in the vocabulary'])(
    'ends answers at every token known to end one that is %s',
    (typing) => {
      const ends = ['<|im_end|>', '<|eot_id|>', '<end_of_turn>', '<|end|>', '<|endoftext|>']
      const tokenizer = openTokenizer(
        changed(files, (json) => {
          ends.forEach((content, i) => {
            if (typing === 'only in the vocabulary') {
              const vocabulary = json.model['vocab'] as Record<string, number>
              vocabulary[content] = 900 + i
            } else {
              json.added_tokens.push({ id: 900 + i, content, special: typing === 'special' })
            }
          })
        }),
      )
      expect([...tokenizer.endIds].sort((a, b) => a - b)).toEqual([2, 900, 901, 902, 903, 904])
    },
  )

  it('leaves out ids that the vocabulary lacks', () => {
    const tokenizer = openTokenizer(files)
    expect(tokenizer.decode([99_999, ...tokenizer.encode('the', 'data', 'start'), 99_998])).toBe(
      'the',
    )
  })

  it.each<[string, TokenizerFiles, RegExp]>([
    [
      'a cut tokenizer.json',
      { tokenizer: files.tokenizer.slice(0, 500) },
      /^tokenizer\.json .*JSON/,
    ],
    ['a list', { tokenizer: '[]' }, /^tokenizer\.json must hold a JSON object/],
    ['a cut configuration', { ...files, config: '{' }, /^tokenizer_config\.json .*JSON/],
    ['no model', { tokenizer: '{}' }, /^tokenizer\.json has no model/],
    [
      'an unknown model',
      changed(files, (json) => (json.model['type'] = 'Quantum')),
      /^tokenizer\.json has a model of type "Quantum"; supported types are BPE/,
    ],
    [
      'an unknown step',
      changed(files, (json) => (json['normalizer'] = { type: 'Upside' })),
      /^tokenizer\.json cannot be used: .*Upside/,
    ],
    [
      'a model without merges',
      changed(files, (json) => delete json.model['merges']),
      /^tokenizer\.json/,
    ],
    [
      'a post-processor with a token that is not there',
      changed(files, (json) => {
        json['post_processor'] = {
          type: 'TemplateProcessing',
          single: [
            { SpecialToken: { id: '<go>', type_id: 0 } },
            { Sequence: { id: 'A', type_id: 0 } },
          ],
        }
      }),
      /^tokenizer\.json adds <go> to texts but has no such token/,
    ],
  ])('refuses %s', (_, broken, message) => {
    const open = () => openTokenizer(broken)
    expect(open).toThrow(LongtabError)
    expect(open).toThrow(expect.objectContaining({ code: 'bad-file' }) as Error)
    expect(open).toThrow(message)
  })
})

describe.each([
  [
    'a pre-tokenizer that is no text',
    { pre_tokenizer: { type: 'Split', pattern: { Regex: 'a' }, behavior: 7 } },
  ],
  [
    'an id that is an object',
    { model: { type: 'BPE', vocab: { a: { toString: 1 } }, merges: [] } },
  ],
])('%s', (_, changed) => {
  it('is read or refused as a bad file', () => {
    const tokenizer = JSON.stringify({
      ...(JSON.parse(small.splitBpe.tokenizer) as object),
      ...changed,
    })
    try {
      const opened = openTokenizer({ tokenizer })
      opened.decode(opened.encode('a b', 'data', 'start'))
    } catch (error) {
      expect(error).toMatchObject({ name: 'LongtabError', code: 'bad-file' })
    }
  })
})
