// Brings a file into the store: the blocks that are missing, in runs, over several connections at once. A connection that
// drops is opened again where its bytes stopped. Bytes of two versions of a file are never joined: where the source names
// the content by a hash, the whole is held against it at the end, and elsewhere every answer must carry the version that
// the first one had. (Comparing the answers does what If-Range would, and asks no permission of servers on other sites.)
import { LongtabError, throwIfAborted } from '../../api/errors.ts'
import { bodyLength, changedMeanwhile, shown, versionOf } from '../fetch_file.ts'
import { ask, Changed, totalOf } from './ask.ts'
import { blockCount, heldBytes, missingBytes, type GrowingFile } from './block_file.ts'
import { fillBlocks, receive } from './receive.ts'
import { retried } from './retry.ts'
import { verifier } from './verify.ts'

export interface RemoteFile {
  readonly url: URL
  /** sent with every request: an access token */
  readonly headers: Record<string, string>
  /** where the source tells it beforehand */
  readonly bytes?: number
  readonly hash?: ContentHash
}

/** What the source says the content is. Git's is SHA-1 over a header and the content. */
export interface ContentHash {
  readonly kind: 'sha256' | 'git'
  readonly hex: string
}

export interface DownloadOptions {
  /** bytes that arrived; negative where they have to be fetched anew */
  readonly onBytes: (bytes: number) => void
  /** bytes that are to be there in the end; told once, before the first of them is fetched. It may refuse. */
  readonly onSize: (bytes: number, missing: number) => Promise<void>
  readonly signal: AbortSignal | undefined
  /** ms before a connection that was dropped is opened again, doubled at each try without a byte */
  readonly pauseMs?: number
  /** ms without a byte after which a connection counts as dropped */
  readonly stallMs?: number
}

const connections = 4
/** blocks that one request asks for at most */
const mostRunBlocks = 8
/** times that a file may turn out to be another one while it is fetched, or its blocks damaged where they are kept */
const mostRestarts = 2

/**
 * Leaves the file whole. Throws LongtabError: `network` when it cannot go on, `no-access`, `bad-file` when the content is not
 * what the source says it is, `storage-full`, `aborted`. What has arrived stays for the next time, where it can be used.
 */
export async function download(
  remote: RemoteFile,
  file: GrowingFile,
  options: DownloadOptions,
): Promise<void> {
  const check = remote.hash && verifier(remote.hash, file)
  let found: string | undefined
  for (let restarts = 0; ;) {
    const same = await fetchOnce(remote, file, options, () => check?.advance())
    found = same ? await check?.found() : undefined
    if (same && missingBytes(file) === 0) break // a damaged block is missing once it was looked at
    if (++restarts > mostRestarts)
      throw same ? comesBackDamaged(remote) : changedMeanwhile(remote.url)
    if (!same) check?.restart()
  }
  if (remote.hash && found !== remote.hash.hex) {
    const { kind, hex } = remote.hash
    file.forget()
    throw new LongtabError(
      'bad-file',
      `${shown(remote.url)} is not what its source says it is: its ${kind === 'git' ? 'Git hash' : 'SHA-256'} is ${found ?? 'unknown'} instead of ${hex}; nothing of it was kept, load again`,
    )
  }
  file.finish()
}

function comesBackDamaged({ url }: RemoteFile): LongtabError {
  return new LongtabError(
    'storage-full',
    `what was stored of ${shown(url)} came back damaged ${mostRestarts + 1} times; free disk space, or load it without keeping it`,
  )
}

class NoRanges extends Error {}

/** @returns false when the file was found to be another than the one that was begun, which is then forgotten */
async function fetchOnce(
  remote: RemoteFile,
  file: GrowingFile,
  options: DownloadOptions,
  onBlock: () => void,
): Promise<boolean> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  if (options.signal?.aborted) abort()
  options.signal?.addEventListener('abort', abort)
  const fetching = { remote, file, options, onBlock, signal: stop.signal }
  try {
    if (remote.bytes !== undefined) file.begin(remote.bytes, remote.hash?.hex)
    const first = await openFirst(fetching)
    if (first !== undefined) {
      await options.onSize(file.bytes ?? 0, missingBytes(file))
      await fetchAll(fetching, first)
    }
    return true
  } catch (error) {
    throwIfAborted(options.signal, `the download of ${shown(remote.url)}`)
    if (!(error instanceof Changed)) throw error
    forgetAll(fetching)
    return false
  } finally {
    stop.abort() // ends what other connections still do
    options.signal?.removeEventListener('abort', abort)
  }
}

interface Fetching {
  readonly remote: RemoteFile
  readonly file: GrowingFile
  readonly options: DownloadOptions
  readonly onBlock: () => void
  readonly signal: AbortSignal
}

/** Missing blocks that follow each other, `end` excluded. */
interface Run {
  readonly first: number
  readonly end: number
}

/** What the first answer tells: whether there can be several, and its own body to go on with. */
interface First {
  readonly ranges: boolean
  readonly run: Run
  readonly response: Response
}

/** Asks for the first missing run, or, not knowing the file yet, for all of it. Undefined when nothing is missing. */
async function openFirst(fetching: Fetching): Promise<First | undefined> {
  const { file, remote } = fetching
  const known =
    file.bytes !== undefined && (remote.hash !== undefined || file.version !== undefined)
  if (known) {
    const [run] = missingRuns(file)
    if (run === undefined) return undefined
    const response = await retried(fetching, () =>
      ask(fetching, run.first * file.blockBytes, run.end),
    )
    return { ranges: response.status === 206, run, response }
  }
  const response = await retried(fetching, () => ask(fetching, 0, undefined))
  const bytes = bodyLength(response) ?? totalOf(response)
  if (bytes === undefined) {
    throw new LongtabError(
      'network',
      `${shown(remote.url)} does not say how long it is, so it cannot be kept; load it without keeping it, or fetch the file and pick it`,
    )
  }
  const version = versionOf(response)
  file.begin(bytes, remote.hash?.hex ?? version)
  const ranges = response.status === 206 && (version !== undefined || remote.hash !== undefined)
  const run = ranges ? missingRuns(file)[0] : { first: 0, end: blockCount(file) }
  return { ranges, run: run ?? { first: 0, end: 0 }, response }
}

async function fetchAll(fetching: Fetching, first: First): Promise<void> {
  const { file } = fetching
  if (!first.ranges) return fetchFromStart(fetching, first.response)
  const [, ...queue] = missingRuns(file)
  const work = async (several: Fetching): Promise<void> => {
    for (let run = queue.shift(); run; run = queue.shift()) await fetchRun(several, run)
  }
  try {
    await together(fetching.signal, (signal) => {
      const several = { ...fetching, signal }
      return [
        fetchRun(several, first.run, first.response).then(() => work(several)),
        ...Array.from({ length: connections - 1 }, () => work(several)),
      ]
    })
  } catch (error) {
    if (!(error instanceof NoRanges)) throw error
    await fetchFromStart(fetching, await retried(fetching, () => ask(fetching, 0, undefined)))
  }
}

/** Waits for all to end; the first failure ends the others and is what is thrown. */
async function together(
  signal: AbortSignal,
  start: (signal: AbortSignal) => Promise<void>[],
): Promise<void> {
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort)
  const failures: unknown[] = []
  const all = start(stop.signal).map((each) =>
    each.catch((error: unknown) => {
      failures.push(error)
      stop.abort()
    }),
  )
  await Promise.all(all)
  signal.removeEventListener('abort', abort)
  if (failures.length > 0) throw failures[0]
}

/** Missing blocks in runs of what one request asks for. */
function missingRuns(file: GrowingFile): Run[] {
  const { hashes } = file
  const runs: Run[] = []
  const count = blockCount(file)
  const most = Math.min(mostRunBlocks, Math.ceil((count - hashes.size) / connections))
  for (let first = 0; first < count; first++) {
    if (hashes.has(first)) continue
    let end = first + 1
    while (end < count && end < first + most && !hashes.has(end)) end++
    runs.push({ first, end })
    first = end - 1
  }
  return runs
}

/** One run, over as many connections, one after the other, as it takes. */
async function fetchRun(fetching: Fetching, run: Run, opened?: Response): Promise<void> {
  const { file, options } = fetching
  const filling = fillBlocks(fetching, run.first)
  const end = Math.min(run.end * file.blockBytes, file.bytes ?? 0)
  let response = opened
  const attempt = async (): Promise<void> => {
    const at = filling.position()
    const answer = response ?? (await ask(fetching, at, run.end))
    response = undefined
    if (answer.status !== 206) throw new NoRanges()
    await receive(fetching, answer, end - at, filling)
  }
  try {
    await retried(fetching, attempt, () => filling.position())
  } catch (error) {
    options.onBytes(-filling.unfinished())
    throw error
  }
}

/** The whole file in one answer, again from its start when it drops. */
async function fetchFromStart(fetching: Fetching, opened: Response): Promise<void> {
  const { file, options } = fetching
  let response: Response | undefined = opened
  let furthest = 0
  await retried(
    fetching,
    async () => {
      if (response === undefined && file.version === undefined) {
        const { bytes = 0 } = file
        forgetAll(fetching) // nothing tells whether the next answer is of the same content
        file.begin(bytes, undefined)
      }
      const answer = response ?? (await ask(fetching, 0, undefined))
      response = undefined
      const filling = fillBlocks(fetching, 0)
      try {
        await receive(fetching, answer, file.bytes ?? 0, filling)
      } finally {
        furthest = Math.max(furthest, filling.position())
        options.onBytes(-filling.unfinished())
      }
    },
    () => furthest,
  )
}

function forgetAll({ file, options }: Fetching): void {
  options.onBytes(-heldBytes(file))
  file.forget()
}
