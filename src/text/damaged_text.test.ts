// Text of which some bytes are not in its encoding: it is read, and what could not be is said.
import { describe, expect, it } from 'vitest'
import { encodeText } from '../testing/encode_text.ts'
import { readText, streamed } from '../testing/read_text.ts'

const english = 'The keeper wrote the log each evening before the lamp was lit and nobody came. '
const russian =
  'Старый рыбак сказал, что лодка уже ушла. Мы долго стояли на берегу и смотрели вдаль. '

describe('damaged text', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)

  it('is read where a few places are not UTF-8, and says so', async () => {
    const found = await readText(
      new Blob([bytes(russian.repeat(20)), Uint8Array.of(0xff), bytes(russian)]),
    )
    expect(found.text).toBe(`${russian.repeat(20)}\ufffd${russian}`)
    expect(found.notes).toEqual(['1 place is not utf-8 and shown as \ufffd.'])
  })

  it('is read where its last character is cut, and says so', async () => {
    for (const document of [new Blob(['日本', bytes('日').slice(0, 2)])]) {
      expect(await readText(document)).toEqual({
        text: '日本\ufffd',
        encoding: 'utf-8',
        notes: ['1 place is not utf-8 and shown as \ufffd.'],
      })
    }
  })

  it('is read without NULs at its end, or now and then, which are counted', async () => {
    const text = english.repeat(30)
    for (const [content, count] of [
      [`${text}\0`, '1 NUL character was'],
      [`${text}${'\0'.repeat(70_000)}`, '70,000 NUL characters were'],
      [`${text}\0${text}`, '1 NUL character was'],
    ]) {
      const found = await readText(new Blob([content!]))
      expect(found.text).toBe(content!.replaceAll('\0', ''))
      expect(found.notes).toEqual([`${count!} left out.`])
    }
  })

  it('keeps a replacement character that stands in it', async () => {
    expect(await readText(new Blob(['a \ufffd b']))).toEqual({
      text: 'a \ufffd b',
      encoding: 'utf-8',
      notes: [],
    })
  })

  it('stops a stream that goes on in another encoding, and says where', async () => {
    const head = bytes((english + russian).repeat(1000))
    const tail = encodeText(russian, 'koi8-r')
    const stream = streamed(new Uint8Array([...head, ...tail]), 9000, 3)
    await expect(readText(stream)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        /is utf-8 at first and no longer near byte [\d,]+; give it as a file/,
      ) as string,
    })
  })

  it('names what broke a stream', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new TypeError('the cable was cut')),
    })
    await expect(readText(broken)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('the cable was cut') as string,
    })
  })
})
