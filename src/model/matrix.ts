// A weight matrix on the GPU: rows of packed values or codes padded to blocks of 32, in parts of whole rows where one buffer
// may not hold them all.
import type { MatrixStorage } from '../api/settings.ts'
import { unusableWeight, firstNotFinite, packHalves } from './half.ts'
import type { PackedRows, RowSlice } from './checkpoint.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Storage } from '../gpu/kernel.ts'
import { bufferBytes, guaranteedBytes, largestBuffer } from '../gpu/memory.ts'
import { blockWidth, largeBlockWidth, quantizeRow4, quantizeRow8 } from './quantize.ts'

/** Consecutive rows of a matrix, which are output columns, in one storage. */
export interface Section {
  readonly outs: number
  readonly storage: MatrixStorage
}

/** A section, or a part of one, in a buffer. */
export interface MatrixPart extends Section {
  /** (outs, padded ins); then, of codes, (outs, blocks) of scales */
  readonly matrix: GPUBuffer
  readonly firstOut: number
}

/** (outs, ins), row-major, each row padded with zeros. */
export interface GpuMatrix {
  readonly outs: number
  readonly ins: number
  /** (padded outs), f32, added to every product; or a zero where there is none */
  readonly bias: GPUBuffer
  readonly parts: readonly MatrixPart[]
}

/** Values a row of `width` takes up on the GPU: a multiple of 32, the depth of a matrix tile. */
export function padded(width: number): number {
  return Math.ceil(width / 32) * 32
}

export function bytesPerValue(storage: Storage): number {
  return storage === 'f16' ? 2 : 4
}

/**
 * Bytes of a matrix row. First come its values, or four or eight bits of each code. The scales of its blocks, with the codes'
 * further bits, lie behind those of all rows.
 */
export function rowBytesOf(ins: number, storage: MatrixStorage): { codes: number; scales: number } {
  const width = padded(ins)
  const blocks = width / blockWidth
  const large = width / largeBlockWidth
  switch (storage) {
    case 'f32':
    case 'f16':
      return { codes: width * bytesPerValue(storage), scales: 0 }
    case 'q8':
      return { codes: width, scales: 4 * Math.ceil(blocks / 2) }
    case 'q4':
      return { codes: width / 2, scales: 4 * blocks }
    case 'q5':
      return { codes: width / 2, scales: 8 * blocks }
    case 'q4_k':
      return { codes: width / 2, scales: 16 * large }
    case 'q5_k':
      return { codes: width / 2, scales: 48 * large }
    case 'q6_k':
      return { codes: width / 2, scales: 84 * large }
  }
}

export function matrixBytes(outs: number, ins: number, storage: MatrixStorage): number {
  const { codes, scales } = rowBytesOf(ins, storage)
  return bufferBytes(outs * (codes + scales))
}

export function sectionsBytes(sections: readonly Section[], ins: number): number {
  return sections.reduce((sum, { outs, storage }) => sum + matrixBytes(outs, ins, storage), 0)
}

/** Whether a matrix lies in one buffer on every device. */
export function isWhole(sections: readonly Section[], ins: number): boolean {
  return sections.length === 1 && sectionsBytes(sections, ins) <= guaranteedBytes
}

/** Allocates a matrix of zeros. A section is split where the device's buffers are too small for it whole. */
export function allocateMatrix(
  gpu: Gpu,
  label: string,
  sections: readonly Section[],
  ins: number,
  bias: GPUBuffer,
): GpuMatrix {
  const allowed = largestBuffer(gpu.device)
  const parts: MatrixPart[] = []
  let firstOut = 0
  for (const { outs, storage } of sections) {
    const { codes, scales } = rowBytesOf(ins, storage)
    const mostRows = Math.max(1, Math.floor(allowed / (codes + scales)))
    const end = firstOut + outs
    while (firstOut < end) {
      const count = Math.min(mostRows, end - firstOut)
      const matrix = gpu.memory.allocate('weights', label, matrixBytes(count, ins, storage))
      parts.push({ matrix, firstOut, outs: count, storage })
      firstOut += count
    }
  }
  return { outs: firstOut, ins, bias, parts }
}

/** Takes consecutive rows of a checkpoint tensor. */
export interface RowSink {
  readonly take: (slice: RowSlice) => void
  /** takes rows that are in this storage already, where that is possible */
  readonly packed?: { readonly storage: MatrixStorage; readonly take: (rows: PackedRows) => void }
}

/**
 * A sink that writes a tensor's rows into a matrix. Throws LongtabError `bad-file` at a value that cannot be stored.
 * @param storage of the section that the rows are in
 * @param rowOf where row r of the tensor goes; undefined where it is another matrix's
 * @param columnOf for each of the matrix's columns, the tensor's column it takes; undefined keeps them
 */
export function matrixSink(
  gpu: Gpu,
  tensor: string,
  matrix: GpuMatrix,
  storage: MatrixStorage,
  rowOf: (row: number) => number | undefined,
  columnOf?: Uint32Array,
): RowSink {
  const { ins, parts } = matrix
  const permuted = new Float32Array(ins)
  const { codes, scales, pack } = rowPacker(ins, storage)

  const take = ({ first, values }: RowSlice) => {
    const rows = values.length / ins
    // rows that stay neighbours go to the GPU in one write
    const run = {
      codes: new Uint8Array(rows * codes.length),
      scales: new Uint8Array(rows * scales.length),
    }
    let runStart = -1
    let runRows = 0
    const flush = () => {
      if (runRows > 0) writeRows(gpu, parts, runStart, runRows, run, [codes.length, scales.length])
      runRows = 0
    }
    for (let r = 0; r < rows; r++) {
      const to = rowOf(first + r)
      if (to === undefined) continue
      let line = values.subarray(r * ins, (r + 1) * ins)
      if (columnOf) {
        for (let i = 0; i < ins; i++) permuted[i] = line[columnOf[i] ?? 0] ?? 0
        line = permuted
      }
      const bad = pack(line)
      if (bad >= 0) throw unusableWeight(tensor, line[bad] ?? NaN)
      if (runRows === 0 || to !== runStart + runRows) {
        flush()
        runStart = to
      }
      run.codes.set(codes, runRows * codes.length)
      run.scales.set(scales, runRows * scales.length)
      runRows++
    }
    flush()
  }
  if (columnOf) return { take }
  return { take, packed: { storage, take: takePacked(gpu, matrix, storage, rowOf) } }
}

/** The same as `matrixSink` for rows that are in this storage already. */
function takePacked(
  gpu: Gpu,
  { ins, parts }: GpuMatrix,
  storage: MatrixStorage,
  rowOf: (row: number) => number | undefined,
): (slice: PackedRows) => void {
  const { codes, scales } = rowBytesOf(ins, storage)
  return (slice) => {
    for (let row = 0, count = 1; row < slice.rows; row += count, count = 1) {
      const to = rowOf(slice.first + row)
      if (to === undefined) continue
      while (row + count < slice.rows && rowOf(slice.first + row + count) === to + count) count++
      const run = {
        codes: slice.codes.slice(row * codes, (row + count) * codes),
        scales: slice.scales.slice(row * scales, (row + count) * scales),
      }
      writeRows(gpu, parts, to, count, run, [codes, scales])
    }
  }
}

/** One row in the form that the GPU stores. */
interface RowPacker {
  readonly codes: Uint8Array
  readonly scales: Uint8Array
  /** Fills them. @returns the index of the first value that cannot be stored, or −1 */
  readonly pack: (values: Float32Array) => number
}

/** Numbers become codes in the storages that a user can choose; the others come from files alone. */
export function rowPacker(ins: number, storage: MatrixStorage): RowPacker {
  const bytes = rowBytesOf(ins, storage)
  const codes = new Uint8Array(bytes.codes)
  const scales = new Uint8Array(bytes.scales)
  const packed = { codes, scales }
  switch (storage) {
    case 'f32': {
      const floats = new Float32Array(codes.buffer)
      return {
        ...packed,
        pack(values) {
          floats.set(values)
          return firstNotFinite(values)
        },
      }
    }
    case 'f16': {
      const pairs = new Uint32Array(codes.buffer)
      return { ...packed, pack: (values) => packHalves(values, pairs) }
    }
    case 'q8': {
      const signed = new Int8Array(codes.buffer)
      const halves = new Uint16Array(scales.buffer)
      return { ...packed, pack: (values) => quantizeRow8(values, signed, halves) }
    }
    case 'q4': {
      const halves = new Uint16Array(scales.buffer)
      return { ...packed, pack: (values) => quantizeRow4(values, codes, halves) }
    }
    case 'q5':
    case 'q4_k':
    case 'q5_k':
    case 'q6_k':
      return { ...packed, pack: () => raise(`nothing is quantised to ${storage} here`) }
  }
}

function raise(message: string): never {
  throw new Error(message)
}

function writeRows(
  gpu: Gpu,
  parts: readonly MatrixPart[],
  firstRow: number,
  rows: number,
  bytes: Readonly<Record<'codes' | 'scales', Uint8Array<ArrayBuffer>>>,
  [codeBytes, scaleBytes]: readonly [codes: number, scales: number],
): void {
  const { queue } = gpu.device
  for (const { matrix, firstOut, outs } of parts) {
    const from = Math.max(firstRow, firstOut)
    const count = Math.min(firstRow + rows, firstOut + outs) - from
    if (count <= 0) continue
    const [to, skipped] = [from - firstOut, from - firstRow]
    const write = (offset: number, source: Uint8Array<ArrayBuffer>, size: number) =>
      queue.writeBuffer(matrix, offset + to * size, source, skipped * size, count * size)
    write(0, bytes.codes, codeBytes)
    if (scaleBytes > 0) write(outs * codeBytes, bytes.scales, scaleBytes)
  }
}

/** Where a vector's values go. */
export interface Placing {
  /** values in a row of the tensor */
  readonly width: number
  /** place in the buffer of the first value */
  readonly first?: number
  /** for each place from there on, the value it takes; by default they keep their order */
  readonly order?: Uint32Array
  /** added to every value */
  readonly plus?: number
  /** by which the sum is multiplied */
  readonly times?: number
}

/** A sink that writes a vector, or a small matrix kept in f32 without padding between its rows. */
export function vectorSink(
  gpu: Gpu,
  tensor: string,
  buffer: GPUBuffer,
  { width, first: start = 0, order, plus = 0, times = 1 }: Placing,
): RowSink {
  const take = ({ first, values }: RowSlice) => {
    const bad = firstNotFinite(values)
    if (bad >= 0) throw unusableWeight(tensor, values[bad] ?? NaN)
    const placed = Float32Array.from(
      values,
      (value, i) => ((order ? (values[order[i] ?? i] ?? 0) : value) + plus) * times,
    )
    gpu.device.queue.writeBuffer(buffer, 4 * (start + first * width), placed)
  }
  return { take }
}
