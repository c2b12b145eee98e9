import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRange, serve, type Site } from './serve.ts'

let folder: string
let site: Site

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longtab-serve-'))
  await mkdir(join(folder, 'www/deep'), { recursive: true })
  await writeFile(join(folder, 'www/index.html'), '<p>home</p>')
  await writeFile(join(folder, 'www/deep/index.html'), '<p>deep</p>')
  await writeFile(join(folder, 'www/letters.txt'), 'abcdefghij')
  await writeFile(join(folder, 'www/shard 1.safetensors'), 'weights')
  await writeFile(join(folder, 'www/nothing.txt'), '')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  site = await serve({
    '/': join(folder, 'www'),
    '/one-file': join(folder, 'secret.txt'),
    '/made': (_, response) => void response.end('made'),
  })
})

afterAll(async () => {
  await site.close()
  await rm(folder, { recursive: true })
})

function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Response> {
  return fetch(new URL(path, site.url), { headers, method, redirect: 'manual' })
}

describe('serve', () => {
  it('sends files with their type and folders by their index', async () => {
    const home = await get('')
    expect(home.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await home.text()).toBe('<p>home</p>')
    expect(await (await get('deep/')).text()).toBe('<p>deep</p>')
    expect((await get('shard%201.safetensors')).headers.get('content-type')).toBe(
      'application/octet-stream',
    )
    expect((await get('nothing.txt')).headers.get('content-length')).toBe('0')
  })

  it('sends a folder without its slash to the same with it', async () => {
    const response = await get('deep?x=1')
    expect(response.status).toBe(301)
    expect(response.headers.get('location')).toBe('/deep/')
  })

  it('sends nobody to another host', async () => {
    for (const path of ['//deep', '///deep', '/%2fdeep', '/%0d%0aset-cookie:%20a=b']) {
      const { headers } = await get(`${site.url.slice(0, -1)}${path}`)
      expect(headers.get('location') ?? '/', path).toMatch(/^\/(?![/\\])/)
      expect(headers.get('set-cookie')).toBeNull()
    }
    expect((await get(`${site.url}/deep`)).headers.get('location')).toBe('/deep/')
  })

  it.each([
    ['bytes=0-3', 'abcd', 'bytes 0-3/10'],
    ['bytes=4-', 'efghij', 'bytes 4-9/10'],
    ['bytes=-2', 'ij', 'bytes 8-9/10'],
    ['bytes=8-99', 'ij', 'bytes 8-9/10'],
  ])('sends the bytes of %s', async (range, body, contentRange) => {
    const response = await get('letters.txt', { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(contentRange)
    expect(response.headers.get('content-length')).toBe(String(body.length))
    expect(await response.text()).toBe(body)
  })

  it('refuses a range beyond the file and names its length', async () => {
    const response = await get('letters.txt', { range: 'bytes=10-' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */10')
  })

  it('ignores a range of a file that has changed', async () => {
    const response = await get('letters.txt', { range: 'bytes=0-3', 'if-range': '"older"' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('abcdefghij')
  })

  it('answers HEAD with the length and no body', async () => {
    const response = await get('letters.txt', {}, 'HEAD')
    expect(response.headers.get('content-length')).toBe('10')
    expect(await response.text()).toBe('')
  })

  it('sends no file again that has not changed', async () => {
    const etag = (await get('letters.txt')).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"/) // strong: pages store parts of a file by it
    // as a browser asks; Node's fetch would request the file itself
    const held = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
    expect((await get('letters.txt', held)).status).toBe(304)
    await writeFile(join(folder, 'www/letters.txt'), 'abcdefghi!')
    expect((await get('letters.txt', held)).status).toBe(200)
    await writeFile(join(folder, 'www/letters.txt'), 'abcdefghij')
  })

  it('serves single files and handlers, at their own path alone', async () => {
    expect(await (await get('one-file')).text()).toBe('secret')
    expect(await (await get('made')).text()).toBe('made')
    expect((await get('one-file/x')).status).toBe(404)
  })

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '//etc/hostname',
    '/a%00b',
    '/none',
  ])('does not find %s', async (path) => {
    expect(await rawStatus(path)).toBe(404)
  })

  it('refuses broken escapes and methods that write', async () => {
    expect(await rawStatus('/%zz')).toBe(400)
    expect((await get('letters.txt', {}, 'POST')).status).toBe(405)
  })

  it('takes another port when the overrides one is taken', async () => {
    const taken = Number(new URL(site.url).port)
    const other = await serve({ '/': join(folder, 'www') }, taken)
    expect(new URL(other.url).port).not.toBe(String(taken))
    expect(await (await fetch(other.url)).text()).toBe('<p>home</p>')
    await other.close()
  })
})

describe('parseRange', () => {
  it('takes one range of bytes and nothing else', () => {
    expect(parseRange('bytes=0-0', 10)).toEqual({ first: 0, last: 0 })
    expect(parseRange('bytes=-20', 10)).toEqual({ first: 0, last: 9 })
    expect(parseRange('bytes=-0', 10)).toBe('beyond')
    expect(parseRange('bytes=0-', 0)).toBe('beyond')
    for (const whole of [undefined, 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1']) {
      expect(parseRange(whole, 10)).toBeUndefined()
    }
  })
})

/** Sends the path unchanged; fetch would normalise it. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(site.url)
    request({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
