// What servers and git put in place of a file: a Git LFS pointer, a web page, a server's error. Each is told by its first
// bytes and named for what it is, since "not a GGUF file" sends people looking for a fault in their model.
import { LongtabError } from '../api/errors.ts'
import { inBytes, type ByteFile } from './byte_file.ts'

/** Enough for a pointer, for a page's title, and for what a server says. */
const looksAt = 2048

/** What a file is instead of itself, in words that continue its name; undefined where its first bytes are none of these. */
export function standIn(first: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(first.subarray(0, looksAt)).replace(/^\uFEFF/, '')
  return pointer(text) ?? page(text) ?? serverError(text)
}

/** Throws LongtabError `bad-file` where the bytes stand in for the file of this name. */
export function refuseStandIn(first: Uint8Array, name: string): void {
  const found = standIn(first)
  if (found !== undefined) throw new LongtabError('bad-file', `${name} ${found}`)
}

/**
 * The error to throw where a file could not be opened: what it is instead, if its beginning tells, else the error itself.
 * Asked only then, since it costs a request.
 */
export async function orStandIn(
  file: ByteFile,
  error: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof LongtabError) || error.code !== 'bad-file') return error
  const first = await beginning(file, signal)
  const found = first.length === 0 ? 'is empty; fetch it again' : standIn(first)
  if (found === undefined) return error
  return new LongtabError('bad-file', `${file.name} ${found}`, { cause: error })
}

/** As much of it as can be read. */
async function beginning(file: ByteFile, signal?: AbortSignal): Promise<Uint8Array> {
  const first = new Uint8Array(looksAt)
  let filled = 0
  try {
    const end = Math.min((await file.size(signal)) ?? looksAt, looksAt)
    for await (const bytes of file.read(0, end, signal)) {
      first.set(bytes, filled)
      filled += bytes.length
    }
  } catch (error) {
    if (filled === 0) throw error // it is not even there
  } finally {
    file.close()
  }
  return first.subarray(0, filled)
}

/** Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function pointer(text: string): string | undefined {
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return undefined
  const size = /^size (\d+)$/m.exec(text)?.[1]
  const of = size === undefined ? '' : ` of ${inBytes(Number(size))}`
  return `is a Git LFS pointer to a file${of} and not the file itself; run git lfs pull in its folder, or download the file from its page`
}

function page(text: string): string | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body)\b/is.test(text))
    return undefined
  const title = /<title[^>]*>\s*([^<]+?)\s*</i.exec(text)?.[1]
  const named = title === undefined ? '' : ` (“${title}”)`
  return `is a web page${named}, perhaps a log-in or an error, and not the file; open its address in a browser, log in if it asks, and download the file itself`
}

/** JSON with an error, as the Hub and most servers send it, or the XML of storage buckets. */
function serverError(text: string): string | undefined {
  const said =
    /^\s*\{\s*"(?:error|message|detail)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ??
    /^\s*\{\s*"error"\s*:\s*\{[^}]*"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ??
    /^\s*(?:<\?xml[^>]*>\s*)?<Error>.*?<Message>([^<]*)</is.exec(text)?.[1]
  return said === undefined
    ? undefined
    : `is a server’s error (“${said}”) and not the file; check its address and whether it needs a log-in, and fetch it again`
}
