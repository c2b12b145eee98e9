import { describe, expect, it } from 'vitest'
import { seeded } from '../random.ts'
import { readText, streamed } from '../testing/read_text.ts'

describe('what is no text', () => {
  const filling = Uint8Array.from({ length: 900 }, (_, i) => (i * 37) & 0xff)
  const begun = (start: string, at = 0) => {
    const bytes = filling.slice()
    bytes.set(
      Array.from(start, (character) => character.charCodeAt(0)),
      at,
    )
    return bytes
  }

  it.each([
    ['a PDF', begun('%PDF-1.7\n')],
    ['a PNG picture', begun('\x89PNG\r\n\x1a\n')],
    ['a JPEG picture', begun('\xff\xd8\xff\xe0')],
    ['a GIF picture', begun('GIF89a')],
    ['a ZIP archive', begun('PK\x03\x04')],
    ['an EPUB book', begun('PK\x03\x04' + '-'.repeat(26) + 'mimetypeapplication/epub+zip')],
    ['a gzip archive', begun('\x1f\x8b\x08')],
    ['a SQLite database', begun('SQLite format 3\0')],
    ['a program (ELF)', begun('\x7fELF')],
    ['a tar archive', begun('ustar\0', 257)],
    ['a rich-text document', new TextEncoder().encode('{\\rtf1\\ansi Hello}')],
  ])('is refused as %s', async (kind, bytes) => {
    for (const document of [new Blob([bytes]), streamed(bytes, 100, 1)]) {
      await expect(readText(document)).rejects.toMatchObject({
        code: 'bad-input',
        message: `the document is ${kind}, not plain text; export its text first`,
      })
    }
  })

  it.each([
    ['NULs among it', filling],
    [
      'random bytes',
      Uint8Array.from({ length: 5000 }, seeded(5)).map((_, i) => (i * i) ^ (i >> 3)),
    ],
    ['only bytes beyond ASCII', Uint8Array.from({ length: 999 }, (_, i) => i | 0x80)],
    ['a NUL in a short text', new TextEncoder().encode('abc\0def')],
  ])('is refused for %s', async (_, bytes) => {
    for (const document of [new Blob([bytes]), streamed(bytes, 100, 1)]) {
      await expect(readText(document)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/^the document looks like a binary file \(/) as string,
      })
    }
  })
})
