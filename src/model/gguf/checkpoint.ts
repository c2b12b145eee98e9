// A GGUF file as a Checkpoint that reads like the Hugging Face one it was made from. In files of
// llama.cpp the rows of q and k of Llama-like models lie with rotary pairs side by side, and Gemma's norms have one added.
// Both are undone here.
import { LongtabError } from '../../api/errors.ts'
import type { ModelDescription } from '../../api/description.ts'
import type { ByteFile } from '../../files/byte_file.ts'
import type { MatrixStorage } from '../../api/settings.ts'
import type { Checkpoint, PackedRows, RowSlice, TensorEntry } from '../checkpoint.ts'
import { unusableWeight } from '../half.ts'
import { rowBytesOf } from '../matrix.ts'
import { interleavedDimension } from '../rotary_layout.ts'
import { readStoredRows, readStoredRowsAt, type StoredRows } from '../stored_rows.ts'
import { familyOf, inEveryLayer, type SavedFamily } from './config.ts'
import type { GgufHeader, GgufTensor } from './header.ts'
import { repackInto, storageOfType, type Repack } from './repack.ts'

export function ggufCheckpoint(file: ByteFile, header: GgufHeader): Checkpoint {
  const family = familyOf(header)
  const homes = new Map<string, GgufTensor>()
  const tensors = new Map<string, TensorEntry>()
  for (const tensor of header.tensors) {
    // a tensor of no family's keeps its name, under which it is refused
    const name = checkpointName(tensor.name, family) ?? tensor.name
    homes.set(name, tensor)
    tensors.set(name, { name, shape: tensor.shape, bytes: tensor.bytes })
  }
  const { metadata } = header
  const headSize = (rows: number, key: string) =>
    rows / Number(inEveryLayer(metadata[`${family.architecture}.attention.${key}`]))

  /** Rows that stay together: those of a head where the converter moved them, else 1. */
  const togetherIn = (name: string, { shape: [rows = 1] }: GgufTensor) => {
    const isQuery = /q_proj\.(weight|bias)$/.test(name)
    const isMoved = family.interleaved && (isQuery || /k_proj\.(weight|bias)$/.test(name))
    return isMoved ? headSize(rows, isQuery ? 'head_count' : 'head_count_kv') : 1
  }
  const home = (name: string) => {
    const tensor = homes.get(name)
    if (tensor !== undefined) return tensor
    throw new LongtabError('bad-file', `the checkpoint has no tensor ${name}`)
  }

  return {
    tensors,
    async *rows(name, signal) {
      const tensor = home(name)
      const together = togetherIn(name, tensor)
      const isVector = tensor.shape.length === 1
      const restored = isVector ? restoring(name, family) : undefined
      for await (const { first, values } of readRows(
        file,
        tensor,
        isVector ? 1 : together,
        signal,
      )) {
        const width = isVector ? 1 : (tensor.shape.at(-1) ?? 1)
        const back = together === 1 ? values : inHalves(values, together, width)
        yield { first, values: restored ? back.map(restored) : back }
      }
    },
    async *rowsAt(name, rows, signal) {
      const tensor = home(name)
      yield* decoded(tensor, readStoredRowsAt(file, tensor, rows, signal))
    },
    packedRows(name, storage, signal) {
      const tensor = home(name)
      const repack = repackInto(storage, tensor.type)
      return repack && packed(file, tensor, storage, repack, togetherIn(name, tensor), signal)
    },
    close: () => file.close(),
  }
}

/** What takes back what the converter did to a vector's values, if anything. */
function restoring(
  name: string,
  { restored, normOffset }: SavedFamily,
): ((value: number) => number) | undefined {
  const own = restored?.(name)
  if (own) return own
  const isOffset = normOffset !== 0 && name.endsWith('norm.weight')
  return isOffset ? (value) => value - normOffset : undefined
}

/** See ModelDescription. */
export function ggufCodes(header: GgufHeader): ModelDescription['codes'] {
  const family = familyOf(header)
  return Object.fromEntries(
    header.tensors.flatMap(({ name, type }) => {
      const storage = storageOfType(type)
      return storage === undefined ? [] : [[checkpointName(name, family) ?? name, storage]]
    }),
  )
}

/** The checkpoint's name of a tensor, or undefined for one that no tensor of the family's is. */
function checkpointName(
  name: string,
  {
    tensors,
    layerTensors,
    wholeNames = {},
  }: Pick<SavedFamily, 'tensors' | 'layerTensors' | 'wholeNames'>,
): string | undefined {
  const [, inLayer, inside = ''] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? []
  if (Object.hasOwn(wholeNames, inside)) return `model.layers.${inLayer}.${wholeNames[inside]}`
  const [, layer, role, kind] = /^(?:blk\.(\d+)\.)?([a-z\d_.]+)\.(weight|bias)$/.exec(name) ?? []
  if (role === undefined || kind === undefined) return undefined
  const names = layer === undefined ? tensors : layerTensors
  const found = Object.hasOwn(names, role) ? names[role] : undefined
  if (found === undefined) return undefined
  return layer === undefined ? `${found}.${kind}` : `model.layers.${layer}.${found}.${kind}`
}

async function* packed(
  file: ByteFile,
  tensor: GgufTensor,
  storage: MatrixStorage,
  repack: Repack,
  together: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PackedRows> {
  const bytes = rowBytesOf(tensor.shape.at(-1) ?? 1, storage)
  for await (const { first, rows, stored } of readStoredRows(file, tensor, together, signal)) {
    const codes = new Uint8Array(rows * bytes.codes)
    const scales = new Uint8Array(rows * bytes.scales)
    const rowBytes = stored.byteLength / rows
    let areNumbers = true
    for (let row = 0; row < rows; row++) {
      const dim = row % together
      const from = row - dim + interleavedDimension(dim, together === 1 ? 0 : together)
      const isUsable = repack(
        stored.subarray(from * rowBytes, (from + 1) * rowBytes),
        codes.subarray(row * bytes.codes, (row + 1) * bytes.codes),
        scales.subarray(row * bytes.scales, (row + 1) * bytes.scales),
      )
      areNumbers &&= isUsable
    }
    if (!areNumbers) throw unusableWeight(tensor.name, NaN)
    yield { first, rows, codes, scales }
  }
}

/** Rows of heads, pair by pair → the first half of every pair, then the second. */
function inHalves(values: Float32Array, headSize: number, width: number): Float32Array {
  const moved = new Float32Array(values.length)
  for (let row = 0; row < values.length / width; row++) {
    const dim = row % headSize
    const from = row - dim + interleavedDimension(dim, headSize)
    moved.set(values.subarray(from * width, (from + 1) * width), row * width)
  }
  return moved
}

/** @param together rows that must be in one slice */
export function readRows(
  file: ByteFile,
  tensor: GgufTensor,
  together: number,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  return decoded(tensor, readStoredRows(file, tensor, together, signal))
}

async function* decoded(
  { shape, format }: GgufTensor,
  slices: AsyncIterable<StoredRows>,
): AsyncGenerator<RowSlice> {
  const width = shape.at(-1) ?? 1
  for await (const { first, rows, stored } of slices) {
    const values = new Float32Array(rows * width) // (rows, width)
    format.decode(stored, values)
    yield { first, values }
  }
}
