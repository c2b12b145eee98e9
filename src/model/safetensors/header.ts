// The header of a safetensors file, believed only after every number in it has been checked.
// Layout: u64 header length N (little-endian) · N bytes of JSON · the tensors' bytes, without gaps.
// Format: https://huggingface.co/docs/safetensors
import { LongtabError } from '../../api/errors.ts'
import { inBytes } from '../../files/byte_file.ts'
import { topLevelKeys } from '../json_keys.ts'
import type { FloatTensor } from '../float_rows.ts'

/** As in the official reader. */
const largestHeader = 100_000_000

/** Bytes before the JSON. */
export const lengthBytes = 8

const bitsPerValue: Readonly<Record<string, number>> = {
  ...{ F64: 64, F32: 32, F16: 16, BF16: 16, C64: 64 },
  ...{ F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
  ...{ I64: 64, I32: 32, I16: 16, I8: 8, U64: 64, U32: 32, U16: 16, U8: 8, BOOL: 8 },
}

export interface SafetensorsTensor extends FloatTensor {
  readonly dtype: string
}

export interface SafetensorsHeader {
  /** in file order */
  readonly tensors: readonly SafetensorsTensor[]
  /** `__metadata__` */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The length of the JSON from a file's first 8 bytes.
 * @param fileSize undefined when the server does not say
 */
export function headerLength(
  prefix: Uint8Array,
  fileSize: number | undefined,
  file: string,
): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length < 2 || length > largestHeader) {
    throw bad(
      file,
      `announces a header of ${inBytes(length)}, between 2 and ${inBytes(largestHeader)} are allowed; it is not a safetensors file`,
    )
  }
  if (fileSize !== undefined && lengthBytes + length > fileSize) {
    throw bad(
      file,
      `is cut: its header alone needs ${inBytes(lengthBytes + length)} and the file has ${inBytes(fileSize)}; fetch it again`,
    )
  }
  return length
}

/**
 * Throws LongtabError `bad-file` unless the tensors fill the file exactly, one after the other.
 * @param json the header's bytes, without the length
 * @param fileSize undefined when the server does not say; a short file then shows when it is read
 */
export function parseHeader(
  json: Uint8Array,
  fileSize: number | undefined,
  file: string,
): SafetensorsHeader {
  const { __metadata__: metadata, ...entries } = parseObject(json, file)
  const dataStart = lengthBytes + json.length
  const tensors = Object.entries(entries)
    .map(([name, entry]) => parseTensor(name, entry, dataStart, file))
    .sort((a, b) => a.start - b.start || a.bytes - b.bytes)
  requireNoGaps(tensors, dataStart, file)
  const last = tensors.at(-1)
  const expected = last === undefined ? dataStart : last.start + last.bytes
  if (fileSize !== undefined && fileSize !== expected) {
    const fault = fileSize < expected ? 'is cut' : 'has bytes beyond its tensors'
    throw bad(
      file,
      `${fault}: its header describes ${inBytes(expected)} and the file has ${inBytes(fileSize)}; fetch it again`,
    )
  }
  return { tensors, metadata: parseMetadata(metadata, file) }
}

function parseObject(json: Uint8Array, file: string): Record<string, unknown> {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json)
    value = JSON.parse(text)
  } catch (cause) {
    const damaged = 'has a header that is not JSON; it is damaged or not a safetensors file'
    throw bad(file, damaged, cause)
  }
  if (!isRecord(value)) throw bad(file, 'has a header that is not a JSON object')
  const seen = new Set<string>()
  for (const key of topLevelKeys(text)) {
    if (seen.has(key)) throw bad(file, `names ${key} twice; fetch it again`)
    seen.add(key)
  }
  return value
}

function parseTensor(
  name: string,
  entry: unknown,
  dataStart: number,
  file: string,
): SafetensorsTensor {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {}
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets)) {
    throw bad(file, `describes tensor ${name} without a usable dtype, shape and data_offsets`)
  }
  const [from, to, ...more] = offsets
  if (from === undefined || to === undefined || more.length > 0 || to < from) {
    throw bad(file, `gives tensor ${name} the data_offsets [${offsets.join(', ')}]`)
  }
  const bits = Object.hasOwn(bitsPerValue, dtype) ? bitsPerValue[dtype] : undefined
  if (bits === undefined) throw bad(file, `stores tensor ${name} as the unknown dtype ${dtype}`)
  const bytes = (shape.reduce((count, axis) => count * axis, 1) * bits) / 8
  if (bytes !== to - from) {
    throw bad(
      file,
      `gives tensor ${name}, ${dtype} (${shape.join(', ')}), ${inBytes(to - from)} where ${inBytes(bytes)} are needed`,
    )
  }
  return { name, dtype, shape, start: dataStart + from, bytes }
}

function requireNoGaps(
  tensors: readonly SafetensorsTensor[],
  dataStart: number,
  file: string,
): void {
  let end = dataStart
  let before = 'the header'
  for (const { name, start, bytes } of tensors) {
    const offsets = `at byte ${start.toLocaleString('en-US')}, ${end.toLocaleString('en-US')} expected`
    if (start < end) throw bad(file, `lets tensor ${name} overlap ${before} (${offsets})`)
    if (start > end)
      throw bad(file, `leaves a gap between ${before} and tensor ${name} (${offsets})`)
    end = start + bytes
    before = name
  }
}

function parseMetadata(metadata: unknown, file: string): Record<string, string> {
  const texts: Record<string, string> = {}
  if (metadata === undefined) return texts
  if (!isRecord(metadata)) throw bad(file, 'has a __metadata__ that is not an object of texts')
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') throw bad(file, `has a __metadata__ whose ${key} is not a text`)
    texts[key] = text
  }
  return texts
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function bad(file: string, fault: string, cause?: unknown): LongtabError {
  return new LongtabError('bad-file', `${file} ${fault}`, { cause })
}
