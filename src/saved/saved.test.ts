// The file of a saved document: what comes back, and what every kind of damage is told as.
import { describe, expect, test } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { sha256 } from '../files/sha256.ts'
import { headerBytes } from '../model/safetensors/write.ts'
import { seeded } from '../random.ts'
import { blobPart, listPart, sliceBytes, type Part } from './part.ts'
import { openSavedFile } from './read.ts'
import { writeSaved } from './write.ts'

const random = seeded(3)
const bytes = (count: number) => Uint8Array.from({ length: count }, () => random() * 256)
const about = { title: 'Ångström, “quoted”\n', list: [1, 2.5] }
const text = bytes(sliceBytes + 100)
const ids = Uint32Array.of(1, 2, 2 ** 32 - 1)
const places = Float64Array.of(0, 2 ** 40)

/** in portions that are no slices */
const text3: Part = {
  name: 'text',
  dtype: 'U8',
  shape: [text.length],
  async *bytes() {
    for (let at = 0; at < text.length; at += 1_000_003) yield text.slice(at, at + 1_000_003)
  },
}
const parts = [
  listPart('places', places),
  text3,
  blobPart('nothing', new Blob([])),
  listPart('ids', ids, [1, 3]),
]
const nobody = () => undefined
const saved = await writeSaved(about, parts, nobody)
const file = new Uint8Array(await saved.arrayBuffer())
const dataStart = 8 + new DataView(file.buffer).getUint32(0, true)

/** `toEqual` takes a minute for so many bytes. */
const isText = (got: Uint8Array) =>
  got.length === text.length && got.every((byte, i) => byte === text[i])

/** Opens and checks it whole. */
async function openWhole(blob: Blob): Promise<void> {
  await (await openSavedFile(blob)).check(nobody)
}

const refusal = async (opening: Promise<unknown>): Promise<string> => {
  const error = await opening.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof LongtabError && error.code === 'bad-file') return error.message
  throw new Error(`it was not refused as a bad file: ${String(error)}`)
}

describe('what was written comes back', () => {
  test('what is known of it, and every part byte for byte', async () => {
    const opened = await openSavedFile(saved)
    expect(opened.about).toEqual(about)
    expect(opened.bytes).toBe(text.length + 16 + 12)
    expect(isText(new Uint8Array(await opened.all('text')))).toBe(true)
    expect(new Uint32Array(await opened.all('ids'))).toEqual(ids)
    expect(new Float64Array(await opened.all('places'))).toEqual(places)
    expect(opened.bytesOf('nothing')).toBe(0)
    expect(isText(new Uint8Array(await opened.blob('text').arrayBuffer()))).toBe(true)
    expect([opened.has('ids'), opened.has('other')]).toEqual([true, false])
    let checked = 0
    await opened.check((count) => (checked += count))
    expect(checked).toBe(opened.bytes)
  })

  test('a part is read in slices, no larger than the limit', async () => {
    const lengths: number[] = []
    for await (const slice of (await openSavedFile(saved)).read('text')) lengths.push(slice.length)
    expect(lengths).toEqual([sliceBytes, 100])
  })

  test('a part that gives other bytes than it said is a fault of ours', async () => {
    const wrong = { ...listPart('ids', ids), shape: [4] }
    await expect(writeSaved(about, [wrong], nobody)).rejects.toThrow(/16 bytes gave 12/)
  })

  test('saving and opening can be cancelled', async () => {
    const stopped = AbortSignal.abort()
    await expect(writeSaved(about, parts, nobody, stopped)).rejects.toMatchObject({
      code: 'aborted',
    })
    const opened = await openSavedFile(saved)
    await expect(opened.check(nobody, stopped)).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('what cannot be opened', () => {
  test.each([
    ['nothing', new Blob([])],
    ['a text', new Blob(['Once upon a time there was a document that nobody had saved.'])],
    ['other safetensors', new Blob([new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0]), '{}'])],
    ['its first bytes', saved.slice(0, 20)],
  ])('%s is no saved document', async (_, blob) => {
    expect(await refusal(openWhole(blob))).toMatch(/no document that Longtab saved/)
  })

  test('cut anywhere', async () => {
    const lengths = [dataStart - 1, dataStart, dataStart + 15, dataStart + 16, file.length - 1]
    for (let i = 0; i < 40; i++) lengths.push(Math.floor(random() * file.length))
    for (const length of lengths)
      expect(await refusal(openWhole(saved.slice(0, length))), `${length} bytes`).toMatch(
        length < 90 ? /no document that Longtab saved/ : /is cut/,
      )
    expect(await refusal(openWhole(saved.slice(0, dataStart + 20)))).toMatch(/its part text/)
    expect(await refusal(openWhole(saved.slice(0, file.length - 1)))).toMatch(/its part ids/)
  })

  test('longer than it was', async () => {
    expect(await refusal(openWhole(new Blob([saved, 'x'])))).toMatch(/where .* were saved/)
  })

  test.each([
    ['places', 3],
    ['text', 16 + 5],
    ['text', 16 + sliceBytes + 99],
    ['ids', 16 + sliceBytes + 100 + 11],
  ])('a changed byte of %s names the part', async (part, at) => {
    const changed = file.slice()
    changed[dataStart + at]! ^= 1
    expect(await refusal(openWhole(new Blob([changed])))).toMatch(
      new RegExp(`damaged: its part ${part} `),
    )
  })

  test('any changed byte of the header is noticed', async () => {
    const places = [...Array.from({ length: 8 }, (_, i) => i), dataStart - 1]
    for (let i = 0; i < 150; i++) places.push(Math.floor(random() * dataStart))
    for (const at of places) {
      const changed = file.slice()
      changed[at]! ^= 1 << Math.floor(random() * 8)
      await refusal(openWhole(new Blob([changed])))
    }
  })

  test('another version', async () => {
    const json = new TextDecoder().decode(file.subarray(8, dataStart))
    const newer = json.replace('"version":"1"', '"version":"2"')
    const blob = new Blob([file.subarray(0, 8), newer, file.subarray(dataStart)])
    expect(await refusal(openWhole(blob))).toMatch(/version 2 .* opens version 1/)
  })

  test('a part that it lacks', async () => {
    const opened = await openSavedFile(saved)
    expect(await refusal(opened.all('other'))).toMatch(/lacks the part other/)
  })
})

test('contents that are no object are damage, whoever computed their hash', async () => {
  const contents = 'null'
  const metadata = {
    format: 'longtab document',
    version: '1',
    contents,
    contents_sha256: await sha256(new TextEncoder().encode(contents)),
  }
  const part = { name: 'ids', dtype: 'U32', shape: [1], bytes: 4 }
  const blob = new Blob([headerBytes([part], metadata), new Uint8Array(4)])
  expect(await refusal(openSavedFile(blob))).toMatch(/its header is not as it was saved/)
})
