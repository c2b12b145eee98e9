import { describe, expect, it } from 'vitest'
import * as small from '../testing/small_tokenizers.ts'
import { openChat } from './chat.ts'
import { pieces } from './pieces.ts'
import { openTokenizer } from './tokenizer.ts'
import { trimmedEnd } from './trimmed_end.ts'

async function* inParts(text: string, length: number) {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

async function trimmed(text: string, length: number) {
  let units = 0
  let out = ''
  for await (const chunk of trimmedEnd(inParts(text, length), (count) => (units = count))) {
    out += chunk
  }
  return [out, units]
}

describe('trimmedEnd', () => {
  it.each([
    ['the boat\n', 'the boat', 0],
    ['the boat\r\n', 'the boat', 0],
    ['the boat\n\n', 'the boat', 2],
    ['the boat ', 'the boat', 1],
    ['the  boat \n\n left \t\r\n', 'the  boat \n\n left', 4],
    ['  \n the boat', '  \n the boat', 0],
    ['the boat\u3000\u00a0', 'the boat', 2],
    ['', '', 0],
  ])('of %j is %j', async (text, expected, units) => {
    for (const length of [1, 2, 3, 100])
      expect(await trimmed(text, length)).toEqual([expected, units])
  })

  it('holds no more than it may', async () => {
    const [out, units] = await trimmed(`x${' '.repeat(300_000)}`, 10_000)
    expect(String(out).length + Number(units)).toBe(300_001)
    expect(units).toBeLessThan(65_536 + 10_000)
  })

  it.each(Object.entries(small))('makes the tokens of a question its own: %s', async (_, files) => {
    const tokenizer = openTokenizer(files)
    const chat = openChat(tokenizer, files)
    const ends = ['', '\n', '\n\n\n', '  ', '\t']
    const prompts = []
    for (const end of ends) {
      const chunks = trimmedEnd(inParts(`The boat left.${end}`, 5), () => undefined)
      const ids = []
      for await (const piece of pieces(chunks, tokenizer, {
        specials: 'data',
        boundary: 'start',
      })) {
        ids.push(...piece.ids)
      }
      prompts.push([...ids, ...chat.tail('Where to?')])
    }
    for (const prompt of prompts) expect(prompt).toEqual(prompts[0])
  })
})
