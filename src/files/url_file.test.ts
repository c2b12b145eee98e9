import { describe, expect, it, onTestFinished, vi } from 'vitest'
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
      expect(holds(await readAll(file, 0, 8), 0, 8)).toBe(true)
      expect(holds(await readAll(file, 8, 1000), 8, 1000)).toBe(true)
      expect(holds(await readAll(file, 5000, 150_000), 5000, 150_000)).toBe(true)
      expect(holds(await readAll(file, 150_000, content.length), 150_000, content.length)).toBe(
        true,
      )
      expect(await file.size()).toBe(manner === 'chunked' ? undefined : content.length)
      expect(server.requests).toEqual(['weights.bin bytes=0-'])
      expect(delivered()).toBe(content.length - 4000)
    })

    it('serves its size, a header in parts and what follows without a byte twice', async () => {
      const { server, file, delivered } = await open({ manner })
      expect(await file.size()).toBe(manner === 'chunked' ? undefined : content.length)
      expect(holds(await file.part(0, 8), 0, 8)).toBe(true)
      expect(holds(await file.part(8, 100_000), 8, 100_000)).toBe(true)
      expect(holds(await file.part(500, 600), 500, 600)).toBe(true)
      expect(holds(await readAll(file, 90_000, content.length), 90_000, content.length)).toBe(true)
      const parts = ['bytes=0-65535', 'bytes=65536-131071', 'bytes=131072-']
      expect(server.requests).toEqual(
        (manner === 'ranges' ? parts : parts.slice(0, 1)).map((range) => `weights.bin ${range}`),
      )
      expect(delivered()).toBe(100_000 + 100 + 110_000)
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

it('asks for no more than parts, wherever they lie', async () => {
  const large = new Uint8Array(4 << 20)
  large.fill(7, 3 << 20)
  const server = await serve({ files: { 'weights.bin': large }, manner: 'ranges' })
  const file = new UrlFile(new URL('weights.bin', server.url), () => undefined)
  expect(await file.size()).toBe(large.length)
  expect(await file.part(3 << 20, (3 << 20) + 2)).toEqual(Uint8Array.of(7, 7))
  expect(await file.part((3 << 20) + 9, (3 << 20) + 10)).toEqual(Uint8Array.of(7))
  const last = await file.part(large.length - 10, large.length)
  expect(last).toEqual(new Uint8Array(10).fill(7))
  expect(server.requests).toHaveLength(3)
  expect(server.sent()).toBe(2 * 65_536 + 10)
  expect(file.beginning).toHaveLength(65_536)
})

it('has its size of a whole response where parts hide it', async () => {
  const bytes = new Uint8Array(200_000)
  const asked: string[] = []
  const answer: typeof fetch = async (_, init) => {
    const range = new Headers(init?.headers).get('range') ?? ''
    asked.push(range)
    const [start = 0, last = bytes.length - 1] = (range.match(/\d+/g) ?? []).map(Number)
    const part = bytes.slice(start, last + 1)
    return new Response(part, { status: 206, headers: { 'content-length': `${part.length}` } })
  }
  vi.stubGlobal('fetch', answer)
  onTestFinished(() => void vi.unstubAllGlobals())
  const file = new UrlFile(new URL('https://models.test/weights.bin'), () => undefined)
  expect(await file.size()).toBe(bytes.length)
  expect(asked).toEqual(['bytes=0-65535', 'bytes=0-'])
})

it('takes no more of a server that sends on than it asked for', async () => {
  const bytes = new Uint8Array(1 << 20)
  const endless: typeof fetch = async (_, init) => {
    const [start = 0] = (new Headers(init?.headers).get('range')?.match(/\d+/g) ?? []).map(Number)
    const headers = {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      'content-length': `${bytes.length - start}`,
    }
    return new Response(bytes.slice(start), { status: 206, headers })
  }
  vi.stubGlobal('fetch', endless)
  onTestFinished(() => void vi.unstubAllGlobals())
  const file = new UrlFile(new URL('https://models.test/weights.bin'), () => undefined)
  expect(await file.part(0, 8)).toHaveLength(8)
  expect(file.beginning).toHaveLength(65_536)
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
