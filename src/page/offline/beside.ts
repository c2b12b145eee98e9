// Models and heads that lie beside the page, some megabytes each. They are kept once they were used, in the version that
// this build of the page has. They are given in the ranges that are asked for.
import { createPartialResponse } from 'workbox-range-requests'

export interface BesideFile {
  /** relative to the page */
  readonly url: string
  /** a name for its contents */
  readonly revision: string
}

export interface Beside {
  /** whether a request is for a file of these folders, be it there or not */
  holds(request: Request): boolean
  /** From the copy, else from the server; not found where neither has it. */
  answer(request: Request): Promise<Response>
  /** Keeps whole files. @param addresses of files, or of folders with a slash at their end */
  keep(addresses: readonly string[]): Promise<void>
  /** Drops copies of other versions. */
  drop(): Promise<void>
}

const cacheName = 'beside'

/** @param scope the page's address, ending in a slash */
export function createBeside(files: readonly BesideFile[], scope: string): Beside {
  const folders = [
    ...new Set(files.map(({ url }) => new URL(url.replace(/\/.*/, '/'), scope).href)),
  ]
  const all = files.map(({ url, revision }) => {
    const address = new URL(url, scope).href
    return { address, key: `${address}?revision=${revision}` }
  })
  const open = () => caches.open(cacheName)
  return {
    holds: ({ method, url }) =>
      (method === 'GET' || method === 'HEAD') && folders.some((folder) => url.startsWith(folder)),
    async answer(request) {
      const file = all.find(({ address }) => address === request.url)
      if (file === undefined) {
        // this version of the page has no such file, so it needs no server to say so
        return fetch(request).catch(() => new Response(null, { status: 404 }))
      }
      const copy = await (await open()).match(file.key)
      if (copy === undefined) return fetch(request)
      if (request.method === 'HEAD') return new Response(null, { headers: copy.headers })
      return request.headers.has('range') ? createPartialResponse(request, copy) : copy
    },
    async keep(addresses) {
      const cache = await open()
      for (const { address, key } of all) {
        const isUsed = addresses.some((used) =>
          used.endsWith('/') ? address.startsWith(used) : address === used,
        )
        if (!isUsed || (await cache.match(key)) !== undefined) continue
        const response = await fetch(address)
        if (response.status === 200) await cache.put(key, response)
      }
    },
    async drop() {
      const cache = await open()
      const current = new Set(all.map(({ key }) => key))
      for (const { url } of await cache.keys()) if (!current.has(url)) await cache.delete(url)
    },
  }
}
