// Texts for the property tests: seeded mixtures of typical contents and of difficult cases for tokenizers.
import { seeded } from '../random.ts'

const words =
  'the water wind I’ll you’re don’t boat small going are there a aa over Café naïve'.split(' ')

/** Generators of a short stretch of text, by kind. */
const kinds: Record<string, (random: () => number) => string> = {
  prose: (r) => Array.from({ length: 12 }, () => pick(r, words)).join(' ') + pick(r, ['. ', ', ']),
  unicode: (r) => String.fromCodePoint(...Array.from({ length: 6 }, () => anyCharacter(r))),
  blanks: (r) => pick(r, [' ', '\n', '\t', '\r\n', ' \n']).repeat(1 + Math.floor(r() * 40)),
  digits: (r) => String(Math.floor(r() * 1e15)).repeat(1 + Math.floor(r() * 4)),
  longWord: (r) => Array.from({ length: 60 }, () => pick(r, Array.from('acgtwer'))).join(''),
  run: (r) => pick(r, ['a', '=', 'wa', 'é', '水', '-']).repeat(1 + Math.floor(r() * 90)),
  chinese: (r) =>
    Array.from({ length: 30 }, () => pick(r, Array.from('今天气很好我们去公园，。日本語'))).join(
      '',
    ),
  emoji: (r) => pick(r, ['👩‍👩‍👧 ', '🇩🇪', '👍🏽', '❤️', '☃']).repeat(1 + Math.floor(r() * 5)),
  marks: (r) =>
    pick(r, ['e\u0301', 'a\u0308\u0323', 'ᄒ\u1161\u11ab', 'n\u0303']).repeat(3) + pick(r, words),
  code: (r) => `  if (x${pick(r, words)} > ${Math.floor(r() * 99)}) {\n    return {};\n  }\n\n`,
  specials: (r) =>
    pick(r, ['</s>', '<s>', '<|end|>', ' <|user|> ', '<unk>', '<0x0A>']) + pick(r, words),
}

/** Text of one kind, or of all kinds in turn, at least this long. */
export function randomText(seed: number, length: number, kind?: string): string {
  const random = seeded(seed)
  const makers = kind === undefined ? Object.values(kinds) : [kinds[kind]]
  let text = ''
  while (text.length < length) text += pick(random, makers)?.(random) ?? ''
  return text
}

export const textKinds = Object.keys(kinds)

function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T
}

function anyCharacter(random: () => number): number {
  const limit = pick(random, [0x80, 0x250, 0x3000, 0xd800, 0x1f700])
  const code = Math.floor(random() * limit)
  return code >= 0xd800 && code < 0xe000 ? 0x20 : code
}
