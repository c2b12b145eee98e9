// What holds of every text, however it comes: parts are the whole, and ids are the text.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { linesOf } from '../documents/text_chunks.ts'
import { drawn } from '../testing/drawn.ts'
import * as small from '../testing/small_tokenizers.ts'
import { Detokenizer } from './detokenizer.ts'
import { pieces } from './pieces.ts'
import { openText } from './source.ts'
import { openTokenizer } from './tokenizer.ts'

/** Any text that UTF-8 can hold, and what tokenizers find hard. */
const stretch = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'the water ',
    ' we’ll ',
    '    ',
    '\n\n\n',
    '\r\n',
    '1987, ',
    'éé',
    '日本',
    '👩‍👩‍👧',
    '<|end|>',
    '</s>',
  ),
)
const texts = fc
  .array(stretch, { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''))

/** Where a text of any length is cut. */
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })

function cut<T extends string | Uint8Array>(whole: T, sizes: readonly number[]): T[] {
  const parts: T[] = []
  for (let at = 0, i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    parts.push(whole.slice(at, at + size) as T)
    at += size
  }
  return parts
}

function streamOf(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

async function* each<T>(parts: readonly T[]): AsyncGenerator<T> {
  yield* parts
}

async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const part of parts) found.push(part)
  return found
}

describe.each(Object.entries(small))('with %s', (_, files) => {
  const tokenizer = openTokenizer(files)

  it('ids of pieces are those of the whole, and their texts join to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        sizes,
        fc.integer({ min: 1, max: 60 }),
        async (text, parts, length) => {
          const form = { specials: 'data', boundary: 'start', length } as const
          const found = await all(pieces(each(cut(text, parts)), tokenizer, form))
          expect(found.flatMap(({ ids }) => ids)).toEqual(tokenizer.encode(text, 'data', 'start'))
          expect(found.map((piece) => piece.text).join('')).toBe(text)
          let at = 0
          for (const piece of found) {
            expect(piece.firstChar).toBe(at)
            at += piece.text.length
          }
        },
      ),
      drawn(25),
    )
  })

  it('an answer that comes id by id is the decoded answer, whatever the ids', () => {
    const ids = fc.array(fc.oneof(fc.nat(420), fc.integer({ min: 130, max: 255 })), {
      maxLength: 80,
    })
    fc.assert(
      fc.property(ids, (ids) => {
        const detokenizer = new Detokenizer(tokenizer)
        const parts = [...ids.map((id) => detokenizer.push(id)), detokenizer.flush()]
        expect(parts.join('')).toBe(tokenizer.decode(ids))
      }),
      drawn(40),
    )
  })
})

test('with bytes as tokens, decoding gives the text that was encoded', () => {
  const tokenizer = openTokenizer(small.splitBpe)
  fc.assert(
    fc.property(texts, (text) => {
      expect(tokenizer.decode(tokenizer.encode(text, 'data', 'inside'))).toBe(text)
    }),
    drawn(100),
  )
})

test('the text of a stream of bytes is that of the file, wherever the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(texts, sizes, async (text, parts) => {
      const bytes = new TextEncoder().encode(text)
      const read = async (source: Blob | ReadableStream<Uint8Array>) =>
        (await all(openText(source, 'utf-8').chunks)).join('')
      const whole = await read(new Blob([bytes]))
      expect(whole).toBe(text.replace(/^\ufeff/, ''))
      expect(await read(streamOf(cut(bytes, parts)))).toBe(whole)
    }),
    drawn(100),
  )
})

test('lines are the same however their text is cut, and join to it', async () => {
  const lines = fc.array(fc.constantFrom('a', '\n', '\r', '\r\n', 'bc', ''), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(lines, sizes, async (parts, at) => {
      const text = parts.join('')
      const found = await all(linesOf(each(cut(text, at))))
      expect(found.join('')).toBe(text)
      expect(found).toEqual(text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [])
    }),
    drawn(200),
  )
})
