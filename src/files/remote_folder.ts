// A folder on a server: its contents, and how each file is fetched. The Hub lists its folders at one commit, with sizes
// and hashes. Other servers are asked for each name.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { Dropped, isPage, request, requireFile } from './fetch_file.ts'
import type { ContentHash, RemoteFile } from './store/download.ts'
import { nameOf, type AddressLocation, type HubLocation } from './location.ts'

/** The Hub's listing of a folder. */
export interface Listing {
  readonly commit: string
  readonly files: readonly {
    readonly name: string
    readonly bytes: number
    readonly hash: ContentHash
  }[]
}

export interface RemoteFolder {
  /** undefined where the server has no listing */
  list(signal?: AbortSignal): Promise<Listing | undefined>
  /** Requests a file of a folder without a listing. */
  has(name: string, signal?: AbortSignal): Promise<boolean>
  remote(name: string, listing: Listing | undefined): RemoteFile
}

export function remoteFolder(location: AddressLocation | HubLocation): RemoteFolder {
  return location.kind === 'hub' ? hubFolder(location) : addressFolder(location)
}

function addressFolder({ folder }: AddressLocation): RemoteFolder {
  return {
    list: async () => undefined,
    async has(name, signal) {
      // Not HEAD: addresses signed for GET reject it.
      const url = within(new URL(folder), name)
      const response = await request(url, { Range: 'bytes=0-0' }, signal)
      await response.body?.cancel()
      // Storage buckets without a listing respond with 403 for a missing key.
      if ([403, 404, 410].includes(response.status) || (response.ok && isPage(response)))
        return false
      requireFile(url, response)
      return true
    },
    remote: (name) => ({ url: within(new URL(folder), name), headers: {} }),
  }
}

/** Keeps the query, which may carry a token. */
export function within(folder: URL, name: string): URL {
  const url = new URL(name, folder)
  url.search = folder.search
  return url
}

function hubFolder(location: HubLocation): RemoteFolder {
  const { repository, folder, hub, token } = location
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` }
  return {
    list: (signal) => listRepository(location, headers, signal),
    has: async () => false, // the listing is complete
    remote(name, listing) {
      const { commit = location.revision, files = [] } = listing ?? {}
      const path = `${folder}${name}`.split('/').map(encodeURIComponent).join('/')
      const url = new URL(`${hub}/${repository}/resolve/${encodeURIComponent(commit)}/${path}`)
      const listed = files.find((file) => file.name === name)
      return { url, headers, ...(listed && { bytes: listed.bytes, hash: listed.hash }) }
    },
  }
}

async function listRepository(
  location: HubLocation,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Listing> {
  const { repository, revision, folder, hub } = location
  const { listFiles, modelInfo } = await import('@huggingface/hub')
  // The token is added here, since the library's own parameter rejects tokens of other Hubs.
  const ask: typeof fetch = (input, init) =>
    fetch(input, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), ...headers },
      signal: signal ?? null,
    })
  const shared = { hubUrl: hub, fetch: ask }
  try {
    const { sha } = await modelInfo({
      ...shared,
      name: repository,
      revision,
      additionalFields: ['sha'],
    })
    const files: Listing['files'][number][] = []
    const path = folder === '' ? {} : { path: folder.slice(0, -1) }
    const listed = listFiles({
      ...shared,
      ...path,
      repo: repository,
      revision: sha,
      recursive: true,
    })
    for await (const { type, path: name, size, oid = '', lfs } of listed) {
      if (type !== 'file') continue
      const hash: ContentHash = lfs ? { kind: 'sha256', hex: lfs.oid } : { kind: 'git', hex: oid }
      files.push({ name: name.slice(folder.length), bytes: lfs?.size ?? size, hash })
    }
    return { commit: sha, files }
  } catch (cause) {
    throwIfAborted(signal, `looking for ${nameOf(location)}`)
    throw refusal(location, cause)
  }
}

function refusal(location: HubLocation, cause: unknown): LongtabError {
  const named = `${nameOf(location)} (revision ${location.revision})`
  const status = cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined
  const host = new URL(location.hub).host
  if (status === 401 || status === 403) {
    return new LongtabError(
      'no-access',
      `${host} does not show ${named}: it is private, gated or not there; check its name, accept the model's terms on its page and give an access token`,
    )
  }
  if (status === 404) {
    return new LongtabError(
      'network',
      `${host} has no ${named}; check the name, owner/name, and the revision`,
    )
  }
  if (typeof status === 'number') {
    return new Dropped(`${host} answered ${status} when asked for ${named}; load again later`)
  }
  return new Dropped(
    `${host} could not be reached to look for ${named}; check the connection, or load a model that is stored`,
    { cause },
  )
}
