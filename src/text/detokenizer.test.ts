import { describe, expect, it } from 'vitest'
import { seeded } from '../random.ts'
import { Detokenizer } from './detokenizer.ts'
import { randomText } from '../testing/random_text.ts'
import * as small from '../testing/small_tokenizers.ts'
import { openTokenizer, type Tokenizer } from './tokenizer.ts'

function stream(tokenizer: Tokenizer, ids: readonly number[]) {
  const detokenizer = new Detokenizer(tokenizer)
  return [...ids.map((id) => detokenizer.push(id)), detokenizer.flush()]
}

function randomIds(seed: number, length: number, least: number, most: number) {
  const random = seeded(seed)
  return Array.from({ length }, () => least + Math.floor(random() * (most - least)))
}

describe.each(Object.entries(small))('a streamed answer with %s', (_, files) => {
  const tokenizer = openTokenizer(files)

  it('is the decoded answer', () => {
    const texts = [
      'the water',
      ' the  water',
      '   ',
      '日本 👩‍👩‍👧‍👦 é',
      randomText(3, 400),
      '\ufffd\ufffd x',
    ]
    for (const text of texts) {
      const ids = tokenizer.encode(text, 'data', 'inside')
      expect(stream(tokenizer, ids).join('')).toBe(tokenizer.decode(ids))
    }
  })

  it('comes out with each token that ends a character', () => {
    const ids = tokenizer.encode('the boat sang', 'data', 'start')
    const parts = stream(tokenizer, ids)
    expect(parts.at(-1)).toBe('')
    expect(parts.filter((part) => part !== '').length).toBeGreaterThanOrEqual(ids.length - 1)
  })

  it('never shows half a character', () => {
    const ids = tokenizer.encode('日本 👩‍👩‍👧 é 🇩🇪', 'data', 'start')
    expect(stream(tokenizer, ids).join('|')).not.toContain('\ufffd')
  })

  it('leaves special tokens out', () => {
    const ids = tokenizer.encode('the water', 'data', 'start')
    const special = [...tokenizer.specialIds]
    expect(stream(tokenizer, [...special, ...ids, ...special]).join('')).toBe('the water')
  })

  it('decodes few ids a token, whatever they are', () => {
    let decoded = 0
    const counting = Object.create(tokenizer, {
      specialIds: { value: tokenizer.specialIds },
      decode: {
        value: (ids: readonly number[]) => {
          decoded += ids.length
          return tokenizer.decode(ids)
        },
      },
    }) as Tokenizer
    const ids = [...randomIds(1, 900, 200, 255), ...randomIds(2, 100, 0, 420)]
    stream(counting, ids)
    expect(decoded / ids.length).toBeLessThan(80)
  })
})

it('shows special tokens only where that is asked for', () => {
  const tokenizer = openTokenizer(small.splitBpe)
  const ids = tokenizer.encode('the<|end|> boat', 'control', 'start')
  const text = (special: 'hidden' | 'shown') => {
    const detokenizer = new Detokenizer(tokenizer, special)
    return ids.map((id) => detokenizer.push(id)).join('') + detokenizer.flush()
  }
  expect(text('hidden')).toBe('the boat')
  expect(text('shown')).toBe('the<|end|> boat')
})
