import { describe, expect, it } from 'vitest'
import { readAll } from './byte_file.ts'
import { serve, type Served } from '../model/serve.fixture.ts'
import { UrlFile } from './url_file.ts'

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
/** Native comparison; element by element takes seconds. */
const holds = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes).equals(content.subarray(start, end))

async function open(how: Omit<Served, 'files'>) {
  const server = await serve({ files: { 'weights.bin': content }, ...how })
  let delivered = 0
  const file = new UrlFile(new URL('weights.bin', server.url), (bytes) => (delivered += bytes))
  return { server, file, delivered: () => delivered }
}

for (const manner of ['ranges', 'whole', 'chunked'] as const) {
  describe(`a server of manner ${manner}`, () => {
    it('serves a front-to-back reading with one request', async () => {
      const { server, file, delivered } = await open({ manner })
      expect(await file.size()).toBe(manner === 'chunked' ? undefined : content.length)
      expect(holds(await readAll(file, 0, 8), 0, 8)).toBe(true)
      expect(holds(await readAll(file, 8, 1000), 8, 1000)).toBe(true)
      expect(holds(await readAll(file, 5000, 150_000), 5000, 150_000)).toBe(true)
      expect(holds(await readAll(file, 150_000, content.length), 150_000, content.length)).toBe(
        true,
      )
      expect(server.requests).toEqual(['weights.bin bytes=0-'])
      expect(delivered()).toBe(content.length - 4000)
    })

    it('gives the right bytes in any order', async () => {
      const { file } = await open({ manner })
      for (const [start, end] of [
        [100_000, 100_100],
        [7, 9],
        [199_999, 200_000],
        [0, 3],
      ] as const) {
        expect(holds(await readAll(file, start, end), start, end)).toBe(true)
      }
    })

    it('keeps two readings at the same time apart', async () => {
      const { file } = await open({ manner })
      const readings = [readAll(file, 10, 120_000), readAll(file, 30_000, 199_000)] as const
      const [first, second] = await Promise.all(readings)
      expect(holds(first, 10, 120_000)).toBe(true)
      expect(holds(second, 30_000, 199_000)).toBe(true)
    })

    it('can be read again after a reader left early and after close', async () => {
      const { file } = await open({ manner })
      for await (const bytes of file.read(0, content.length)) {
        expect(bytes.length).toBeGreaterThan(0)
        break
      }
      expect(holds(await readAll(file, 1, 5), 1, 5)).toBe(true)
      file.close()
      expect(holds(await readAll(file, 5, 50), 5, 50)).toBe(true)
    })

    it('says when the file ends before the bytes asked for', async () => {
      const { file } = await open({ manner })
      await expect(readAll(file, 199_000, 300_000)).rejects.toMatchObject({
        name: 'LongtabError',
        message: expect.stringMatching(/200,000 .*300,000/) as string,
      })
    })
  })
}

it('starts a new request rather than fetch a large part that nobody reads', async () => {
  const large = new Uint8Array(4 << 20)
  large.fill(7, 3 << 20)
  const server = await serve({ files: { 'weights.bin': large }, manner: 'ranges' })
  const file = new UrlFile(new URL('weights.bin', server.url), () => undefined)
  await readAll(file, 0, 8)
  expect(await readAll(file, 3 << 20, (3 << 20) + 2)).toEqual(Uint8Array.of(7, 7))
  expect(server.requests).toEqual(['weights.bin bytes=0-', `weights.bin bytes=${3 << 20}-`])
})

it('lets the server wait while nobody reads', async () => {
  const large = new Uint8Array(96 << 20)
  const server = await serve({ files: { 'weights.bin': large }, manner: 'whole' })
  const file = new UrlFile(new URL('weights.bin', server.url), () => undefined)
  await readAll(file, 0, 8)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(server.sent()).toBeLessThan(large.length / 2)
  file.close()
})

describe('failures', () => {
  it('names both byte counts of a cut download', async () => {
    const { file } = await open({ manner: 'cut', cutAt: 123_456 })
    await expect(readAll(file, 0, content.length)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('cut after 123,456 of 200,000 bytes') as string,
    })
  })

  it('names the address and the status', async () => {
    const server = await serve({ files: {}, manner: 'ranges' })
    const url = new URL('gone.bin', server.url)
    const file = new UrlFile(url, () => undefined)
    await expect(readAll(file, 0, 8)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining(`${url.href} answered 404`) as string,
    })
  })

  it('does not take a web page for the file', async () => {
    const server = await serve({ files: {}, manner: 'ranges', missing: 'page' })
    const file = new UrlFile(new URL('gone.bin', server.url), () => undefined)
    await expect(file.size()).rejects.toThrow('answered with a web page')
  })

  it('reports an empty file', async () => {
    const server = await serve({ files: { 'empty.bin': new Uint8Array(0) }, manner: 'ranges' })
    const file = new UrlFile(new URL('empty.bin', server.url), () => undefined)
    await expect(file.size()).rejects.toMatchObject({ code: 'bad-file' })
  })

  it('reports a server that cannot be reached', async () => {
    const file = new UrlFile(new URL('http://127.0.0.1:9/weights.bin'), () => undefined)
    await expect(file.size()).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('could not be reached') as string,
    })
  })

  it('stops when the signal fires, before and during a reading', async () => {
    const { file } = await open({ manner: 'ranges' })
    await expect(readAll(file, 0, 8, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    })
    const stop = new AbortController()
    const reading = async () => {
      for await (const bytes of file.read(0, content.length, stop.signal)) {
        expect(bytes.length).toBeLessThan(content.length)
        stop.abort()
      }
    }
    await expect(reading()).rejects.toMatchObject({ code: 'aborted' })
    expect(holds(await readAll(file, 0, 8), 0, 8)).toBe(true)
  })

  it('is not disturbed by the signal of an earlier reading', async () => {
    const { server, file } = await open({ manner: 'ranges' })
    const first = new AbortController()
    await readAll(file, 0, 8, first.signal)
    first.abort()
    expect(holds(await readAll(file, 8, 16), 8, 16)).toBe(true)
    expect(server.requests).toHaveLength(1)
  })
})
