// Downloads a file into the store: its missing blocks, in runs, over several connections at once. A dropped connection is
// opened again where its bytes stopped. Bytes of two versions are never joined. Where the source publishes a hash, the
// whole file is checked against it at the end. Elsewhere every response must carry the version of the first. (Comparing
// versions replaces If-Range, which other sites would have to permit.)
import { LongtabError, throwIfAborted } from '../../api/errors.ts'
import { bodyLength, changedMeanwhile, shown, totalOf, versionOf } from '../fetch_file.ts'
import { ask, Changed } from './ask.ts'
import { blockCount, heldBytes, missingBytes, type GrowingFile } from './block_file.ts'
import { fillBlocks, receive } from './receive.ts'
import { retried } from './retry.ts'
import { verifier } from './verify.ts'

export interface RemoteFile {
  readonly url: URL
  /** sent with every request: an access token */
  readonly headers: Record<string, string>
  /** if the source publishes it */
  readonly bytes?: number
  readonly hash?: ContentHash
  /** if some of it was read before; it is not fetched again */
  readonly begun?: Begun | undefined
}

/** What was read of a file before its download. */
export interface Begun {
  readonly beginning: Uint8Array
  /** of the whole file */
  readonly size: number
  /** see versionOf */
  readonly version: string | undefined
}

/** The source's hash of the content. Git's is SHA-1 over a header and the content. */
export interface ContentHash {
  readonly kind: 'sha256' | 'git'
  readonly hex: string
}

export interface DownloadOptions {
  /** bytes that arrived; negative when they must be fetched again */
  readonly onBytes: (bytes: number) => void
  /** total bytes; called once, before the first is fetched. It may throw to refuse the download. */
  readonly onSize: (bytes: number, missing: number) => Promise<void>
  readonly signal: AbortSignal | undefined
  /** ms before a dropped connection is opened again, doubled at each try without a byte */
  readonly pauseMs?: number
  /** ms without a byte after which a connection counts as dropped */
  readonly stallMs?: number
}

const connections = 4
/** most blocks per request */
const mostRunBlocks = 8
/** restarts after the file changed during a download, or stored blocks were damaged */
const mostRestarts = 2

/**
 * Leaves a complete file. Throws LongtabError: `network` when it cannot continue, `no-access`, `bad-file` when the
 * content is not the source's, `storage-full`, `aborted`. Arrived blocks stay for the next download where they can be
 * used.
 */
export async function download(
  remote: RemoteFile,
  file: GrowingFile,
  options: DownloadOptions,
): Promise<void> {
  const check = remote.hash && verifier(remote.hash, file)
  let found: string | undefined
  for (let restarts = 0; ;) {
    const from = restarts === 0 ? remote : { ...remote, begun: undefined } // it may be of another version
    const same = await fetchOnce(from, file, options, () => check?.advance())
    found = same ? await check?.found() : undefined
    if (same && missingBytes(file) === 0) break // reading a damaged block marks it as missing
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

/** @returns false when the content had changed; its blocks are then dropped */
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
    const { bytes, hash, begun } = remote
    if (bytes !== undefined) file.begin(bytes, hash?.hex)
    else if (begun?.version !== undefined) file.begin(begun.size, begun.version)
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
    stop.abort() // stops the other connections
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

/** Consecutive missing blocks, `end` excluded. */
interface Run {
  readonly first: number
  readonly end: number
}

/** What the first response shows: whether several connections are possible, and its own body. */
interface First {
  readonly ranges: boolean
  readonly run: Run
  readonly response: Response
}

/** Requests the first missing run, or all of a file that is not known yet. Undefined when nothing is missing. */
async function openFirst(fetching: Fetching): Promise<First | undefined> {
  const { file, remote } = fetching
  const known =
    file.bytes !== undefined && (remote.hash !== undefined || file.version !== undefined)
  if (known) {
    const [run] = missingRuns(file)
    if (run === undefined) return undefined
    const start = run.first * file.blockBytes + begunOf(fetching, run).length
    const response = await retried(fetching, () => ask(fetching, start, run.end))
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

/** Waits for all. The first failure aborts the others and is thrown. */
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

/** Missing blocks, in runs of one request each. */
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

function endOf(run: Run, file: GrowingFile): number {
  return Math.min(run.end * file.blockBytes, file.bytes ?? 0)
}

/** What was read of a run before. A byte at least is left to ask for, with which the server says its version. */
function begunOf({ remote, file }: Fetching, run: Run): Uint8Array {
  const { beginning = new Uint8Array() } = remote.begun ?? {}
  return run.first === 0 ? beginning.subarray(0, endOf(run, file) - 1) : beginning.subarray(0, 0)
}

/** One run, over as many consecutive connections as it takes. */
async function fetchRun(fetching: Fetching, run: Run, opened?: Response): Promise<void> {
  const { file, options } = fetching
  const filling = fillBlocks(fetching, run.first)
  filling.add(begunOf(fetching, run))
  const end = endOf(run, file)
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

/** The whole file in one response, from its start again after a drop. */
async function fetchFromStart(fetching: Fetching, opened: Response): Promise<void> {
  const { file, options } = fetching
  let response: Response | undefined = opened
  let furthest = 0
  await retried(
    fetching,
    async () => {
      if (response === undefined && file.version === undefined) {
        const { bytes = 0 } = file
        forgetAll(fetching) // without a version the next response may have other content
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
