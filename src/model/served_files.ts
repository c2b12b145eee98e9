// A model's folder behind a URL.
import { LongtabError } from '../errors.ts'
import type { OnBytes } from './byte_file.ts'
import { fetchBytes, isPage, request, requireFile, shown } from './fetch_file.ts'
import { decodeText, type ModelFiles } from './files.ts'
import { UrlFile } from './url_file.ts'

export function servedFiles(source: string | URL, onBytes: OnBytes): ModelFiles {
  const folder = folderUrl(source)
  return {
    folder: shown(folder),
    async has(name, signal) {
      // Not HEAD: addresses signed for GET refuse it.
      const url = within(folder, name)
      const response = await request(url, { Range: 'bytes=0-0' }, signal)
      await response.body?.cancel()
      // Storage buckets that do not list their contents answer 403 for a key they do not have.
      if ([403, 404, 410].includes(response.status) || isPage(response)) return false
      requireFile(url, response)
      return true
    },
    async text(name, signal) {
      const url = within(folder, name)
      return decodeText(await fetchBytes(url, {}, onBytes, signal), shown(url))
    },
    file: (name) => new UrlFile(within(folder, name), onBytes),
  }
}

/**
 * The folder's URL with a trailing slash. A model's page on huggingface.co stands for the files behind it.
 * Relative addresses count from the page or worker that runs this.
 */
export function folderUrl(source: string | URL): URL {
  const url = absolute(source)
  if (url.hostname === 'huggingface.co' || url.hostname === 'hf.co') {
    const [owner = '', model = '', view, revision = 'main', ...inside] = url.pathname
      .split('/')
      .filter((part) => part !== '')
    if (view === undefined || view === 'tree' || view === 'blob') {
      url.pathname = ['', owner, model, 'resolve', revision, ...inside].join('/')
    }
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

export function absolute(source: string | URL): URL {
  const base = 'location' in globalThis ? globalThis.location.href : undefined
  try {
    return new URL(source, base)
  } catch (cause) {
    throw new LongtabError('network', `"${source.toString()}" is not an address to load from`, {
      cause,
    })
  }
}

/** Keeps the query, which may carry a token. */
function within(folder: URL, name: string): URL {
  const url = new URL(name, folder)
  url.search = folder.search
  return url
}
