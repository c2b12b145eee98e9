// A file behind a URL, as a ByteFile. One open request is carried from read to read. Sequential reading costs a single
// request, with or without range support on the server. Parts are requested by themselves and held, so that no byte of a header
// arrives twice.
import { throwIfAborted } from '../api/errors.ts'
import type { ByteFile, OnBytes } from './byte_file.ts'
import { changedMeanwhile, shown } from './fetch_file.ts'
import { Transfer } from './transfer.ts'

/** Bytes that are cheaper to drop than a new request: about what arrives during a round trip. */
const cheapGap = 1 << 20

/** Bytes that a request for less asks for: most headers end within them. */
const leastPart = 1 << 16

/** Consecutive bytes of the file. */
interface Held {
  /** offset in the file */
  readonly start: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export class UrlFile implements ByteFile {
  readonly name: string
  readonly #url: URL
  readonly #headers: Record<string, string>
  readonly #onBytes: OnBytes
  /** free between two reads; a read takes it, so that concurrent reads have requests of their own */
  #idle: Transfer | undefined
  /** by the first response that could say it, if it did */
  #size: { readonly bytes: number | undefined } | undefined
  #version: string | undefined
  /** parts, each apart from the others */
  #held: readonly Held[] = []

  /** @param headers sent with every request: an access token */
  constructor(url: URL, onBytes: OnBytes, headers: Record<string, string> = {}) {
    this.name = shown(url)
    this.#url = url
    this.#headers = headers
    this.#onBytes = onBytes
  }

  async size(signal?: AbortSignal): Promise<number | undefined> {
    if (this.#size === undefined) await this.#hold(0, 1, signal)
    if (this.#size === undefined) this.#keep(await this.#open(0, undefined, signal))
    return this.#size?.bytes
  }

  async *read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    if (start === end) return
    throwIfAborted(signal, `the download of ${this.name}`)
    const held = this.#holding(start).subarray(0, end - start)
    if (held.length > 0) {
      this.#onBytes(held.length)
      yield held
    }
    const from = start + held.length
    if (from === end) return
    const transfer = this.#takeIdle(from) ?? (await this.#open(from, undefined, signal))
    for await (const bytes of this.#pieces(transfer, from, end, signal)) {
      this.#onBytes(bytes.length)
      yield bytes
    }
  }

  async part(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (start < end) await this.#hold(start, end, signal)
    this.#onBytes(end - start)
    return this.#holding(start).slice(0, end - start)
  }

  /** version of the content at the first request */
  get version(): string | undefined {
    return this.#version
  }

  /** what parts have brought, from the file's first byte on */
  get beginning(): Uint8Array<ArrayBuffer> {
    return this.#holding(0)
  }

  close(): void {
    this.#idle?.cancel()
    this.#idle = undefined
  }

  #keep(transfer: Transfer): void {
    this.#idle?.cancel()
    this.#idle = transfer
  }

  /** The open request, if it can continue to `start`. */
  #takeIdle(start: number): Transfer | undefined {
    const idle = this.#idle
    if (idle === undefined) return undefined
    this.#idle = undefined
    const gap = start - idle.position
    if (gap >= 0 && (!idle.ranges || gap <= cheapGap)) return idle
    idle.cancel()
    return undefined
  }

  /** A new request, to the file's end without an `end`. */
  async #open(start: number, end: number | undefined, signal?: AbortSignal): Promise<Transfer> {
    const transfer = await Transfer.open(this.#url, this.#headers, start, end, signal)
    const { size, version, isPart } = transfer
    if (size !== undefined || !isPart) this.#size ??= { bytes: size }
    if (this.#version !== undefined && version !== undefined && version !== this.#version) {
      transfer.cancel()
      throw changedMeanwhile(this.#url)
    }
    this.#version ??= version
    return transfer
  }

  /** The bytes of a request from `start` up to `end`. A request that can go on is kept for the next. */
  async *#pieces(
    transfer: Transfer,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const abort = () => transfer.cancel()
    signal?.addEventListener('abort', abort)
    let whole = false
    try {
      await transfer.skipTo(start)
      while (transfer.position < end) {
        const bytes = await transfer.next(end)
        throwIfAborted(signal, `the download of ${this.name}`)
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

  /** What is held from `start` on. */
  #holding(start: number): Uint8Array<ArrayBuffer> {
    const held = this.#held.find((one) => one.start <= start && start < endOf(one))
    return held?.bytes.subarray(start - held.start) ?? new Uint8Array()
  }

  /** Requests what is not held of the bytes from `start` up to `end`. */
  async #hold(start: number, end: number, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal, `the download of ${this.name}`)
    const before = this.#held.find((one) => one.start <= start && start <= endOf(one))
    const { start: first, bytes } = before ?? { start, bytes: new Uint8Array() }
    const from = first + bytes.length
    if (end <= from) return
    const joined = { start: first, bytes: await joinedTo(bytes, this.#request(from, end, signal)) }
    this.#held = [...this.#held.filter((one) => one !== before), joined]
  }

  /** Of a new request that is a part all of its bytes come, of others those up to `end`. */
  async *#request(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const size = this.#size?.bytes ?? Infinity
    const asked = Math.max(end, Math.min(start + leastPart, size))
    const transfer = this.#takeIdle(start) ?? (await this.#open(start, asked, signal))
    const last = transfer.isPart ? Math.max(end, Math.min(asked, transfer.end ?? end)) : end
    yield* this.#pieces(transfer, start, last, signal)
  }
}

function endOf({ start, bytes }: Held): number {
  return start + bytes.length
}

async function joinedTo(
  bytes: Uint8Array<ArrayBuffer>,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = [bytes]
  for await (const piece of pieces) all.push(piece.slice()) // a piece is valid until the next
  return new Uint8Array(await new Blob(all).arrayBuffer())
}
