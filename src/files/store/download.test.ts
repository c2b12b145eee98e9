import { describe, expect, it } from 'vitest'
import { UrlFile } from '../url_file.ts'
import type { Begun } from './download.ts'
import {
  blockBytes,
  blocksThere,
  changed,
  content,
  fetchIt,
  isWhole,
  name,
  serving,
  setStage,
  sha,
  stored,
} from './download.fixture.ts'
import type { HubServer } from './hub.fixture.ts'

setStage()

describe.each([
  ['a file of the Hub', sha],
  ['a file behind an address', undefined],
])('%s', (_, hash) => {
  it('arrives over several connections, each byte once', async () => {
    const hub = await serving()
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect(await isWhole()).toBe(true)
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
    expect(hub.requests).toHaveLength(3) // runs of two blocks
  })

  it('goes on where a dropped connection stopped', async () => {
    const hub = await serving({ cutAfter: blockBytes + 777, cuts: 3 })
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
    const starts = hub.requests.map((line) => Number(/bytes=(\d+)/.exec(line)?.[1]))
    expect(starts.some((start) => start % blockBytes > 0)).toBe(true)
  })

  it('goes on where a closed tab stopped, and fetches nothing that is there', async () => {
    const hub = await serving({ cutAfter: blockBytes + 5, cuts: 1000 })
    const stop = new AbortController()
    let arrived = 0
    const first = fetchIt(hub, hash, stop.signal, (more) => {
      if ((arrived += more) > 2.5 * blockBytes) stop.abort()
    })
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    expect(await isWhole()).toBe(false)
    const there = await blocksThere()
    expect(there).toBeGreaterThan(0)
    hub.manner.cuts = 0
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBeLessThanOrEqual(content.length - there * blockBytes + blockBytes)
  })

  it('arrives whole from a server without ranges, however often it drops', async () => {
    const hub = await serving({ ranges: false, cutAfter: 3 * blockBytes + 9, cuts: 2 })
    let bytes = 0
    await fetchIt(hub, hash, undefined, (more) => (bytes += more))
    expect((await stored()).equals(content)).toBe(true)
    expect(bytes).toBe(content.length)
  })

  it('gives up after a handful of drops without a byte, and keeps what it has', async () => {
    const hub = await serving({ cutAfter: 0, cuts: 1000 })
    await expect(fetchIt(hub, hash)).rejects.toMatchObject({ code: 'network' })
    expect(await isWhole()).toBe(false)
    expect(hub.requests.length).toBeLessThan(30)
  })

  it('waits for a busy server, and counts a silent connection as dropped', async () => {
    const hub = await serving({ busy: 2 })
    hub.manner.hold = new Promise((resolve) => setTimeout(resolve, 500))
    await fetchIt(hub, hash, undefined, undefined, 200)
    expect((await stored()).equals(content)).toBe(true)
    expect(hub.requests.length).toBeGreaterThan(5)
  })
})

describe('a file that changes on its server', () => {
  it('is begun anew, never mixed', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1 })
    let arrived = 0
    await fetchIt(hub, undefined, undefined, (more) => {
      arrived += more
      if (arrived > blockBytes) hub.manner.files[name] = changed
    })
    expect((await stored()).equals(changed)).toBe(true)
    expect(arrived).toBe(content.length)
  })

  it('is begun anew by the next session, too', async () => {
    const hub = await serving({ cutAfter: blockBytes, cuts: 1000 })
    const stop = new AbortController()
    const first = fetchIt(hub, undefined, stop.signal, () => stop.abort())
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    Object.assign(hub.manner, { cuts: 0, files: { [name]: changed } })
    await fetchIt(hub)
    expect((await stored()).equals(changed)).toBe(true)
  })

  it('is read in one go where nothing tells its versions apart', async () => {
    const hub = await serving({ versions: 'none', cutAfter: 3 * blockBytes, cuts: 1 })
    let arrived = 0
    await fetchIt(hub, undefined, undefined, (more) => {
      arrived += more
      if (arrived > 2 * blockBytes) hub.manner.files[name] = changed
    })
    expect((await stored()).equals(changed)).toBe(true)
    expect(arrived).toBe(content.length)
    expect(hub.requests.every((line) => line.endsWith('bytes=0-'))).toBe(true)
  })
})

describe('a file of which something was read before', () => {
  /** The first bytes, as reading a header leaves them. */
  async function begin(hub: HubServer, bytes: number): Promise<Begun> {
    const file = new UrlFile(new URL(`/plain/${name}`, hub.url), () => undefined)
    await file.part(0, bytes)
    hub.requests.length = 0
    return { beginning: file.beginning, size: content.length, version: file.version }
  }
  const starts = (hub: HubServer) =>
    hub.requests.map((line) => Number(/bytes=(\d+)-/.exec(line)?.[1]))

  const lengths = [65_536, blockBytes + 7, 3 * blockBytes, content.length]
  for (const hash of [undefined, sha]) {
    it.each(lengths)(
      `goes on behind %i bytes (hash ${hash ? 'known' : 'unknown'})`,
      async (length) => {
        const hub = await serving()
        const begun = await begin(hub, length)
        let arrived = 0
        const count = (more: number) => (arrived += more)
        await fetchIt(hub, hash, undefined, count, undefined, begun)
        expect((await stored()).equals(content)).toBe(true)
        expect(arrived).toBe(content.length)
        // a run of blocks ends at two, and its last byte is asked for whatever was read
        const first = Math.min(begun.beginning.length, 2 * blockBytes - 1)
        expect(Math.min(...starts(hub))).toBe(first)
      },
    )
  }

  it('is begun anew where that was of another version', async () => {
    const hub = await serving()
    hub.manner.files[name] = changed
    const begun = await begin(hub, 2 * blockBytes)
    hub.manner.files[name] = content
    await fetchIt(hub, undefined, undefined, undefined, undefined, begun)
    expect((await stored()).equals(content)).toBe(true)
  })

  it('is refused where the bytes are not those of its hash, and right the next time', async () => {
    const hub = await serving()
    hub.manner.files[name] = changed
    const begun = await begin(hub, 2 * blockBytes)
    hub.manner.files[name] = content
    const fetching = fetchIt(hub, sha, undefined, undefined, undefined, begun)
    await expect(fetching).rejects.toMatchObject({ code: 'bad-file' })
    expect(await blocksThere()).toBe(0)
    await fetchIt(hub, sha)
    expect(await isWhole()).toBe(true)
  })

  it('is fetched whole from a server without ranges', async () => {
    const hub = await serving({ ranges: false })
    await fetchIt(hub, sha, undefined, undefined, undefined, await begin(hub, blockBytes + 7))
    expect((await stored()).equals(content)).toBe(true)
  })
})

describe('content that is not what it should be', () => {
  it('is refused when its hash is another than the Hub says, and nothing is kept', async () => {
    const hub = await serving({ files: {} })
    hub.manner.files[name] = changed
    await expect(fetchIt(hub, sha)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(`instead of ${sha}`) as string,
    })
    expect(await blocksThere()).toBe(0)
    hub.manner.files[name] = content
    await fetchIt(hub, sha)
    expect(await isWhole()).toBe(true)
  })
})
