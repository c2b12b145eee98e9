// The header of a GGUF file, read by `@huggingface/gguf` and believed only after every tensor has been checked against the
// file. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { LongtabError } from '../../api/errors.ts'
import { inBytes, type ByteFile } from '../../files/byte_file.ts'
import type { StoredTensor } from '../stored_rows.ts'
import { blockFormats, type BlockFormat } from './blocks.ts'
import { headerBytes } from './header_bytes.ts'

export interface GgufTensor extends StoredTensor {
  /** e.g. Q4_K */
  readonly type: string
  readonly format: BlockFormat
}

export interface GgufHeader {
  /** whole numbers of 64 bits as plain ones */
  readonly metadata: Readonly<Record<string, unknown>>
  /** in file order */
  readonly tensors: readonly GgufTensor[]
}

/** Throws LongtabError `bad-file` when the file is no GGUF, cut, or describes what cannot be. */
export async function readHeader(file: ByteFile, signal?: AbortSignal): Promise<GgufHeader> {
  const { gguf, GGMLQuantizationType } = await import('@huggingface/gguf')
  const bytes = await headerBytes(file, signal)
  if (isBigEndian(bytes)) throw bad(file, 'is big-endian; only little-endian files can be read')
  // the package asks for ranges of a URL; it gets them of the bytes that are there, and what is beyond them it takes for zeros
  const parsed = await gguf('https://gguf.invalid/', { fetch: rangesOf(bytes) }).catch(
    (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw bad(file, `is not a GGUF file that can be read: ${reason}`, cause)
    },
  )
  const size = await file.size(signal)
  const tensors = parsed.tensorInfos.map(({ name, shape, dtype, offset }) =>
    checked(file, {
      name,
      shape: shape.map(Number).reverse(),
      type: GGMLQuantizationType[dtype],
      start: Number(parsed.tensorDataOffset + offset),
    }),
  )
  tensors.sort((a, b) => a.start - b.start)
  requireWhole(file, size, tensors)
  return { metadata: plain(parsed.metadata), tensors }
}

function checked(
  file: ByteFile,
  { name, shape, type, start }: Omit<GgufTensor, 'format' | 'bytes'>,
): GgufTensor {
  const format = Object.hasOwn(blockFormats, type) ? blockFormats[type] : undefined
  if (format === undefined) {
    throw new LongtabError(
      'unsupported-model',
      `tensor ${name} of ${file.name} is stored as ${type}; supported: ${Object.keys(blockFormats).join(', ')}`,
    )
  }
  const width = shape.at(-1) ?? 1
  const bytes = (shape.reduce((count, axis) => count * axis, 1) / format.values) * format.bytes
  if (width % format.values !== 0 || !Number.isSafeInteger(start + bytes)) {
    throw bad(file, `describes tensor ${name} as ${type} (${shape.join(', ')}), which cannot be`)
  }
  return { name, shape, type, format, start, bytes }
}

/** @param size undefined where the server does not say */
function requireWhole(
  file: ByteFile,
  size: number | undefined,
  tensors: readonly GgufTensor[],
): void {
  const first = tensors.find(({ start, bytes }) => start + bytes > (size ?? Infinity))
  if (first === undefined || size === undefined) return
  const end = Math.max(...tensors.map(({ start, bytes }) => start + bytes))
  throw bad(
    file,
    `is cut: its tensors end at ${inBytes(end)} and the file has ${inBytes(size)}, up to within ${first.name}; fetch it again`,
  )
}

/** By the number of its version. */
function isBigEndian(bytes: Uint8Array<ArrayBuffer>): boolean {
  return bytes.length >= 8 && new DataView(bytes.buffer).getUint16(4, true) === 0
}

/** Answers range requests. */
function rangesOf(bytes: Uint8Array<ArrayBuffer>): typeof fetch {
  return async (_, init) => {
    const range = new Headers(init?.headers).get('range')
    const [start = 0, last = 0] = (range?.match(/\d+/g) ?? []).map(Number)
    return new Response(bytes.subarray(start, last + 1), { status: 206 })
  }
}

function plain(metadata: object): Record<string, unknown> {
  const small = (value: unknown): unknown =>
    typeof value === 'bigint' ? Number(value) : Array.isArray(value) ? value.map(small) : value
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, small(value)]))
}

function bad(file: ByteFile, fault: string, cause?: unknown): LongtabError {
  return new LongtabError('bad-file', `${file.name} ${fault}`, { cause })
}
