// A file behind a URL, as a ByteFile. One open request is carried from read to read. Sequential reading costs a single
// request, with or without range support on the server.
import { throwIfAborted } from '../api/errors.ts'
import type { ByteFile, OnBytes } from './byte_file.ts'
import { changedMeanwhile, shown } from './fetch_file.ts'
import { Transfer } from './transfer.ts'

/** Bytes that are cheaper to drop than a new request: about what arrives during a round trip. */
const cheapGap = 1 << 20

export class UrlFile implements ByteFile {
  readonly name: string
  readonly #url: URL
  readonly #headers: Record<string, string>
  readonly #onBytes: OnBytes
  /** free between two reads; a read takes it, so that concurrent reads have requests of their own */
  #idle: Transfer | undefined
  #known: { readonly size: number | undefined; readonly version: string | undefined } | undefined

  /** @param headers sent with every request: an access token */
  constructor(url: URL, onBytes: OnBytes, headers: Record<string, string> = {}) {
    this.name = shown(url)
    this.#url = url
    this.#headers = headers
    this.#onBytes = onBytes
  }

  async size(signal?: AbortSignal): Promise<number | undefined> {
    if (this.#known === undefined) this.#keep(await this.#transferFor(0, signal))
    return this.#known?.size
  }

  async *read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    if (start === end) return
    const transfer = await this.#transferFor(start, signal)
    const abort = () => transfer.cancel()
    signal?.addEventListener('abort', abort)
    let whole = false
    try {
      await transfer.skipTo(start)
      while (transfer.position < end) {
        const bytes = await transfer.next(end)
        throwIfAborted(signal, `the download of ${this.name}`)
        this.#onBytes(bytes.length)
        yield bytes
      }
      whole = true
    } catch (error) {
      throwIfAborted(signal, `the download of ${this.name}`)
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      if (whole && transfer.position !== transfer.end) this.#keep(transfer)
      else transfer.cancel()
    }
  }

  /** version of the content at the first request */
  get version(): string | undefined {
    return this.#known?.version
  }

  close(): void {
    this.#idle?.cancel()
    this.#idle = undefined
  }

  #keep(transfer: Transfer): void {
    this.#idle?.cancel()
    this.#idle = transfer
  }

  /** The open request if it can continue to `start`, or a new one. */
  async #transferFor(start: number, signal?: AbortSignal): Promise<Transfer> {
    throwIfAborted(signal, `the download of ${this.name}`)
    const idle = this.#idle
    this.#idle = undefined
    if (idle !== undefined) {
      const gap = start - idle.position
      if (gap >= 0 && (!idle.ranges || gap <= cheapGap)) return idle
      idle.cancel()
    }
    const transfer = await Transfer.open(this.#url, this.#headers, start, signal)
    this.#known ??= { size: transfer.end, version: transfer.version }
    const [before, now] = [this.#known.version, transfer.version]
    if (before === undefined || now === undefined || before === now) return transfer
    transfer.cancel()
    throw changedMeanwhile(this.#url)
  }
}
