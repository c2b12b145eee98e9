// A GGUF file as a Checkpoint that reads like the Hugging Face one it was made from: llama.cpp stores the rows of q and k of
// Llama-like models with rotary pairs side by side and Gemma's norms with one added; both are taken back.
import { LongtabError, throwIfAborted } from '../../errors.ts'
import type { ByteFile } from '../byte_file.ts'
import type { Checkpoint, RowSlice, TensorEntry } from '../checkpoint.ts'
import { interleavedDimension } from '../rotary_layout.ts'
import { sliceBytes } from '../safetensors_rows.ts'
import { architectureOf } from './config.ts'
import type { GgufHeader, GgufTensor } from './header.ts'
import { checkpointName } from './names.ts'

/** Architectures whose q and k llama.cpp's converter permutes. */
const permuted: readonly string[] = ['llama', 'smollm3']

export function ggufCheckpoint(file: ByteFile, header: GgufHeader): Checkpoint {
  const architecture = architectureOf(header)
  const homes = new Map<string, GgufTensor>()
  const tensors = new Map<string, TensorEntry>()
  for (const tensor of header.tensors) {
    const name = checkpointName(tensor.name, architecture)
    if (name === undefined) continue
    homes.set(name, tensor)
    tensors.set(name, { name, shape: tensor.shape, bytes: tensor.bytes })
  }
  const { metadata } = header
  const headSize = (rows: number, key: string) =>
    rows / Number(metadata[`${architecture}.attention.${key}`])

  return {
    tensors,
    async *rows(name, signal) {
      const tensor = homes.get(name)
      if (tensor === undefined) {
        throw new LongtabError('bad-file', `the checkpoint has no tensor ${name}`)
      }
      const [rows = 1] = tensor.shape
      const isQuery = name.endsWith('q_proj.weight')
      const isKey = name.endsWith('k_proj.weight')
      if (permuted.includes(architecture) && (isQuery || isKey)) {
        const size = headSize(rows, isQuery ? 'head_count' : 'head_count_kv')
        for await (const slice of readRows(file, tensor, size, signal)) {
          yield { ...slice, values: inHalves(slice.values, size, tensor.shape.at(-1) ?? 1) }
        }
        return
      }
      const less = architecture.startsWith('gemma') && tensor.shape.length === 1 ? 1 : 0
      for await (const { first, values } of readRows(file, tensor, 1, signal)) {
        yield { first, values: less === 0 ? values : values.map((value) => value - less) }
      }
    },
    close: () => file.close(),
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
export async function* readRows(
  file: ByteFile,
  { name, shape, format, start, bytes }: GgufTensor,
  together: number,
  signal?: AbortSignal,
): AsyncGenerator<RowSlice> {
  const width = shape.at(-1) ?? 1
  const rowBytes = (width / format.values) * format.bytes
  const rows = rowBytes === 0 ? 0 : bytes / rowBytes
  const groups = Math.max(1, Math.floor(sliceBytes / (4 * width * together)))
  const stored = new Uint8Array(Math.min(rows, groups * together) * rowBytes)
  let first = 0
  let filled = 0
  for await (const piece of file.read(start, start + bytes, signal)) {
    for (let taken = 0; taken < piece.length;) {
      const sliceRows = Math.min(groups * together, rows - first)
      const part = piece.subarray(taken, taken + sliceRows * rowBytes - filled)
      stored.set(part, filled)
      filled += part.length
      taken += part.length
      if (filled < sliceRows * rowBytes) continue
      const values = new Float32Array(sliceRows * width)
      for (let at = 0, to = 0; to < values.length; at += format.bytes, to += format.values) {
        format.decode(new DataView(stored.buffer, at, format.bytes), values, to)
      }
      yield { first, values }
      throwIfAborted(signal, `reading tensor ${name}`)
      first += sliceRows
      filled = 0
    }
  }
}
