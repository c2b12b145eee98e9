// What `torch.save` writes of a dictionary of tensors, as a Checkpoint. The file is a zip archive. Its one pickle says what
// the tensors are; one file per storage holds their values. The official retaining heads come so.
// Format: PyTorch's torch/serialization.py and torch/_utils.py.
import { LongtabError, throwIfAborted } from '../../api/errors.ts'
import { inBytes, type ByteFile } from '../../files/byte_file.ts'
import { contentStart, readDirectory, type ZipEntry } from '../../files/zip_directory.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { readRows, readRowsAt, type FloatTensor } from '../float_rows.ts'
import { byPlainName } from '../tensor_prefix.ts'
import { Named, unpickle, type Vocabulary } from './pickle.ts'

/** Some 10,000 tensors. An opcode of one byte makes an object of a hundred: the limit bounds both. */
const largestPickle = 1 << 20

/** As many as messages can hold; PyTorch itself allows more. */
const mostAxes = 8

const pickleName = 'data.pkl'

/** Storage class → how its values lie in the file. */
const storages: Readonly<Record<string, { readonly dtype: string; readonly bytes: number }>> = {
  'torch.FloatStorage': { dtype: 'F32', bytes: 4 },
  'torch.HalfStorage': { dtype: 'F16', bytes: 2 },
  'torch.BFloat16Storage': { dtype: 'BF16', bytes: 2 },
}

/** A file of the archive that holds values. */
class Storage {
  readonly key: string
  readonly values: number
  readonly dtype: string
  readonly valueBytes: number

  constructor(key: string, values: number, { dtype, bytes }: { dtype: string; bytes: number }) {
    this.key = key
    this.values = values
    this.dtype = dtype
    this.valueBytes = bytes
  }
}

/** A view of a storage. */
class Tensor {
  readonly storage: Storage
  /** values before its first */
  readonly offset: number
  /** outermost axis first */
  readonly shape: readonly number[]
  /** values from one to the next along each axis */
  readonly strides: readonly number[]

  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage
    this.offset = offset
    this.shape = shape
    this.strides = strides
  }
}

const vocabulary: Vocabulary = {
  classes: new Map<string, (args: readonly unknown[]) => unknown>([
    ['collections.OrderedDict', (args) => (args.length === 0 ? new Map() : undefined)],
    [
      'torch._utils._rebuild_tensor_v2',
      ([storage, offset, shape, strides]) =>
        storage instanceof Storage &&
        isSize(offset) &&
        isSizes(shape) &&
        isSizes(strides) &&
        shape.length === strides.length &&
        shape.length <= mostAxes
          ? new Tensor(storage, offset, shape, strides)
          : undefined,
    ],
    [
      'torch._utils._rebuild_parameter',
      ([tensor]) => (tensor instanceof Tensor ? tensor : undefined),
    ],
  ]),
  names: new Set(Object.keys(storages)),
  persistent(id) {
    const [kind, storage, key, , values] = Array.isArray(id) ? (id as unknown[]) : []
    const type = storage instanceof Named ? storages[storage.name] : undefined
    const isUsable = kind === 'storage' && typeof key === 'string' && isSize(values)
    return isUsable && type ? new Storage(key, values, type) : undefined
  },
}

/** Whether a file that begins so was written by `torch.save`. */
export function isPytorch(prefix: Uint8Array): boolean {
  return begins(prefix, [0x50, 0x4b, 0x03, 0x04]) || isOldPytorch(prefix)
}

/** Before PyTorch 1.6: pickles one after the other, the first a number. */
function isOldPytorch(prefix: Uint8Array): boolean {
  return begins(prefix, [0x80, 0x02, 0x8a, 0x0a])
}

/**
 * Reads directory and pickle only.
 * Throws LongtabError `bad-file` when the pickle holds anything but tensors, or the tensors do not lie in the file.
 */
export async function openPytorch(file: ByteFile, signal?: AbortSignal): Promise<Checkpoint> {
  try {
    return await open(file, signal)
  } catch (error) {
    file.close()
    throw error
  }
}

async function open(file: ByteFile, signal?: AbortSignal): Promise<Checkpoint> {
  if (isOldPytorch(await file.part(0, 4, signal))) {
    throw bad(
      file,
      'is in the format of PyTorch before 1.6; load it there and save it again, or as safetensors',
    )
  }
  const entries = await readDirectory(file, bad, signal)
  requireStored(entries, file)
  const folder = folderOf(entries, file)
  await requireLittleEndian(`${folder}byteorder`, entries, file, signal)
  const pickle = await contentOf(folder + pickleName, largestPickle, entries, file, signal)
  const found = unpickle(pickle, vocabulary, file.name)
  if (!(found instanceof Map)) throw bad(file, 'holds no dictionary of tensors; save a state_dict')

  const placed = [...found].map(([name, value]) => {
    if (typeof name !== 'string') {
      throw bad(file, 'holds a dictionary with a key that is no text; save a state_dict')
    }
    if (!(value instanceof Tensor)) {
      throw bad(file, `holds ${name}, which is no tensor; save a state_dict of tensors only`)
    }
    return placedTensor(name, value, entries, folder, file)
  })
  placed.sort((a, b) => a.entry.header - b.entry.header || a.offset - b.offset)
  const homes = byPlainName(placed)
  const stored = async (name: string, signal?: AbortSignal): Promise<FloatTensor> => {
    throwIfAborted(signal, `reading tensor ${name}`)
    const tensor = homes.get(name)
    if (tensor === undefined) throw bad(file, `has no tensor ${name}`)
    const start = await contentStart(file, tensor.entry, bad, signal)
    return { ...tensor, start: start + tensor.offset }
  }
  return {
    tensors: homes,
    async *rows(name, signal) {
      yield* readRows(file, await stored(name, signal), signal)
    },
    async *rowsAt(name, rows, signal) {
      yield* readRowsAt(file, await stored(name, signal), rows, signal)
    },
    close: () => file.close(),
  }
}

interface PlacedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly bytes: number
  readonly entry: ZipEntry
  /** bytes of the entry before the tensor's */
  readonly offset: number
}

/** Throws unless the tensor lies whole in its storage, row by row, and the storage in the archive. */
function placedTensor(
  name: string,
  { storage, offset, shape, strides }: Tensor,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
  file: ByteFile,
): PlacedTensor {
  const inWords = `tensor ${name} (${shape.join(', ')})`
  const path = `${folder}data/${storage.key}`
  const entry = entries.get(path)
  if (entry === undefined) throw bad(file, `has no ${path}, where ${inWords} lies; fetch it again`)
  const { dtype, valueBytes } = storage
  if (entry.bytes !== storage.values * valueBytes) {
    throw bad(
      file,
      `has ${inBytes(entry.bytes)} in ${path} where ${inBytes(storage.values * valueBytes)} are announced; fetch it again`,
    )
  }
  const values = shape.reduce((count, axis) => count * axis, 1)
  if (!(offset + values <= storage.values)) {
    throw bad(
      file,
      `lets ${inWords} end beyond its storage of ${storage.values} values; fetch it again`,
    )
  }
  if (!isRowByRow(shape, strides)) {
    throw bad(file, `does not store ${inWords} row by row; save it with .contiguous()`)
  }
  const bytes = values * valueBytes
  return { name, shape, dtype, bytes, entry, offset: offset * valueBytes }
}

function isRowByRow(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis] ?? 1
  }
  return true
}

/** Every file is read in place, a slice at a time, which a compressed one does not allow. */
function requireStored(entries: ReadonlyMap<string, ZipEntry>, file: ByteFile): void {
  for (const { name, method, packed, bytes } of entries.values()) {
    if (method === 0 && packed === bytes) continue
    throw bad(
      file,
      `compresses ${name} (zip method ${method}); PyTorch stores its files as they are`,
    )
  }
}

/** All files of an archive lie in one folder, whatever its name. */
function folderOf(entries: ReadonlyMap<string, ZipEntry>, file: ByteFile): string {
  for (const name of entries.keys()) {
    if (/^[^/]*\/data\.pkl$/.test(name)) return name.slice(0, -pickleName.length)
  }
  throw bad(file, `is a zip archive without ${pickleName}; it was not written by torch.save`)
}

/** PyTorch before 2.0 does not say, and was hardly ever anything else. */
async function requireLittleEndian(
  name: string,
  entries: ReadonlyMap<string, ZipEntry>,
  file: ByteFile,
  signal?: AbortSignal,
): Promise<void> {
  if (!entries.has(name)) return
  const order = new TextDecoder().decode(await contentOf(name, 16, entries, file, signal))
  if (order !== 'little') throw bad(file, 'is big-endian; only little-endian files can be read')
}

/** A small file of the archive. */
async function contentOf(
  name: string,
  largest: number,
  entries: ReadonlyMap<string, ZipEntry>,
  file: ByteFile,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const entry = entries.get(name)
  if (entry === undefined) throw bad(file, `has no ${name}; fetch it again`)
  if (entry.bytes > largest) {
    throw bad(file, `has ${inBytes(entry.bytes)} of ${name}, at most ${inBytes(largest)} are read`)
  }
  const start = await contentStart(file, entry, bad, signal)
  return file.part(start, start + entry.bytes, signal)
}

function begins(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte)
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize)
}

function bad(file: ByteFile, fault: string): LongtabError {
  return new LongtabError('bad-file', `${file.name} ${fault}`)
}
