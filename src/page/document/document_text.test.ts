import { describe, expect, it } from 'vitest'
import { openText } from './document_text.ts'

/** Longer than several windows, with characters of one to four bytes that fall on their edges. */
const mixed = Array.from({ length: 60_000 }, (_, i) => `${i} é € 🐋 `).join('')

describe('openText', () => {
  it('slices by UTF-16 offsets, across windows', async () => {
    const text = await openText('mixed.txt', new Blob([mixed]))
    expect(text.length).toBe(mixed.length)
    for (const from of [0, 1, 65_535, 131_070, 300_000, mixed.length - 50]) {
      expect(await text.slice(from, from + 5000)).toBe(mixed.slice(from, from + 5000))
    }
    expect(await text.slice(100_000, 420_000)).toBe(mixed.slice(100_000, 420_000))
  })

  it('gives nothing beyond the end', async () => {
    const text = await openText('short.txt', new Blob(['short']))
    expect(await text.slice(2, 99)).toBe('ort')
    expect(await text.slice(5, 99)).toBe('')
  })

  it('leaves a byte order mark out of document and offsets', async () => {
    const text = await openText('marked.txt', new Blob(['\ufeffmarked']))
    expect(text.length).toBe(6)
    expect(await text.blob.text()).toBe('marked')
  })

  it.each([
    ['utf16.txt', [0xff, 0xfe, 0x41, 0, 0x42, 0], 'AB', 'utf-16le', []],
    ['latin.txt', [0x63, 0x61, 0x66, 0xe9], 'café', 'windows-1252', []],
    ['nul.txt', [0x41, 0x42, 0], 'AB', 'utf-8', ['1 NUL character was left out.']],
  ])('holds %s in UTF-8', async (name, bytes, expected, encoding, notes) => {
    const text = await openText(name, new Blob([Uint8Array.from(bytes)]))
    expect(await text.slice(0, 9)).toBe(expected)
    expect(await text.blob.text()).toBe(expected)
    expect(text).toMatchObject({ encoding, notes, length: expected.length })
  })

  it('takes the encoding that was chosen', async () => {
    const bytes = Uint8Array.of(0xd0, 0xd2, 0xc9)
    expect(
      await (await openText('a.txt', new Blob([bytes]), { encoding: 'koi8-r' })).slice(0, 9),
    ).toBe('при')
    expect(
      await (await openText('a.txt', new Blob([bytes]), { encoding: 'windows-1251' })).slice(0, 9),
    ).toBe('РТЙ')
  })

  it.each([
    ['empty.txt', ''],
    ['blank.txt', ' \n\t\n'],
  ])('refuses %s', async (name, content) => {
    await expect(openText(name, new Blob([content]))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(`${name} is empty`) as string,
    })
  })

  it.each([
    ['a.pdf', [0x25, 0x50, 0x44, 0x46, 0x2d], 'a.pdf is damaged or is no PDF'],
    ['a.zip', [0x50, 0x4b, 3, 4, 20], 'a.zip is cut: its zip directory is missing'],
    ['nul.bin', [0x41, 0, 0x42], 'nul.bin looks like a binary file'],
  ])('says what %s is', async (name, bytes, kind) => {
    await expect(openText(name, new Blob([Uint8Array.from(bytes)]))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(kind) as string,
    })
  })
})
