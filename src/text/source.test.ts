import { describe, expect, it } from 'vitest'
import type { DocumentSource } from '../api/document.ts'
import { isBlank, longestChunk, openText, refuseBlank } from './source.ts'

async function collect(chunks: AsyncIterable<string>) {
  const all = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

const read = async (document: DocumentSource) => (await collect(openText(document).chunks)).join('')

function streamOf(...parts: (Uint8Array | string)[]) {
  return new ReadableStream<Uint8Array | string>({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('openText', () => {
  const text = 'Café 日本 👩‍👩‍👧 — the end.\n'.repeat(9000)

  it('gives the text of a string, a blob and a stream in bounded chunks', async () => {
    const stream = streamOf(bytes(text).subarray(0, 77_777), bytes(text).subarray(77_777))
    for (const document of [text, new Blob([text]), stream, streamOf(text)]) {
      const chunks = await collect(openText(document).chunks)
      expect(chunks.join('')).toBe(text)
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(longestChunk)
    }
  })

  it('joins characters that come in parts', async () => {
    const single = Array.from(bytes('日本 👩‍👧'), (byte) => Uint8Array.of(byte))
    expect(await read(streamOf(...single))).toBe('日本 👩‍👧')
  })

  it('drops a byte order mark at the start only', async () => {
    expect(await read(new Blob(['\ufeffa\ufeffb']))).toBe('a\ufeffb')
    expect(await read('\ufeffab')).toBe('ab')
    expect(await read(streamOf(Uint8Array.of(0xef), Uint8Array.of(0xbb, 0xbf, 0x61)))).toBe('a')
  })

  it('says which share has been taken', async () => {
    for (const document of [text, new Blob([text])]) {
      const source = openText(document)
      expect(source.share()).toBe(0)
      const shares = []
      for await (const chunk of source.chunks) shares.push([chunk.length, source.share()])
      expect(shares.length).toBeGreaterThan(2)
      expect(shares[0]![1]).toBeLessThan(0.5)
      expect(shares.at(-1)![1]).toBe(1)
    }
    expect(openText(streamOf('a')).share()).toBeUndefined()
  })

  it('cancels a stream that is left early', async () => {
    let cancelled = false
    const endless = new ReadableStream<string>({
      pull: (controller) => controller.enqueue('the water '.repeat(2000)),
      cancel: () => {
        cancelled = true
      },
    })
    for await (const chunk of openText(endless).chunks) if (chunk !== '') break
    expect(cancelled).toBe(true)
  })
})

describe('blank documents', () => {
  it('are empty or white space', () => {
    expect(['', ' \n\t', '\u3000\u00a0'].map(isBlank)).toEqual([true, true, true])
    expect(isBlank(' . ')).toBe(false)
  })

  it.each(['', ' \n'.repeat(50_000)])('are refused', async (text) => {
    await expect(collect(refuseBlank(openText(text).chunks))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('empty') as string,
    })
  })

  it('fail before their first chunk when they are short', async () => {
    const chunks = refuseBlank(openText('  \n ').chunks)
    await expect(chunks.next()).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('are not those with text after much white space', async () => {
    for (const text of [' \n'.repeat(70_000) + 'x', '  x  ', 'x' + ' '.repeat(200_000)]) {
      expect((await collect(refuseBlank(openText(text).chunks))).join('')).toBe(text)
    }
  })
})
