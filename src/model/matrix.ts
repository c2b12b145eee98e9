// A weight matrix on the GPU: rows of packed values padded to blocks of 32, in parts of whole rows where one buffer may
// not hold them all.
import { unusableWeight, firstNotFinite, packHalves } from './half.ts'
import type { RowSlice } from './checkpoint.ts'
import type { Gpu } from '../gpu/device.ts'
import type { Storage } from '../gpu/kernel.ts'

/** Consecutive output columns in one buffer. */
export interface MatrixPart {
  /** (outs, padded ins) */
  readonly matrix: GPUBuffer
  readonly firstOut: number
  readonly outs: number
}

/** (outs, ins), row-major, each row padded with zeros. */
export interface GpuMatrix {
  readonly outs: number
  readonly ins: number
  readonly parts: readonly MatrixPart[]
}

/** Values a row of `width` takes up on the GPU: a multiple of 32, the depth of a matrix tile. */
export function padded(width: number): number {
  return Math.ceil(width / 32) * 32
}

export function bytesPerValue(storage: Storage): number {
  return storage === 'f16' ? 2 : 4
}

export function matrixBytes(outs: number, ins: number, storage: Storage): number {
  return outs * padded(ins) * bytesPerValue(storage)
}

/** Allocates a matrix of zeros, split where the device's buffers are too small for it whole. */
export function allocateMatrix(
  gpu: Gpu,
  label: string,
  outs: number,
  ins: number,
  storage: Storage,
): GpuMatrix {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits
  const allowed = Math.min(maxBufferSize, maxStorageBufferBindingSize)
  const rowBytes = matrixBytes(1, ins, storage)
  const rowsPerPart = Math.max(1, Math.min(outs, Math.floor(allowed / rowBytes)))
  const parts: MatrixPart[] = []
  for (let firstOut = 0; firstOut < outs; firstOut += rowsPerPart) {
    const count = Math.min(rowsPerPart, outs - firstOut)
    const matrix = gpu.memory.allocate('weights', label, count * rowBytes)
    parts.push({ matrix, firstOut, outs: count })
  }
  return { outs, ins, parts }
}

/** Takes consecutive rows of a checkpoint tensor. */
export type RowSink = (slice: RowSlice) => void

/**
 * A sink that writes a tensor's rows into a matrix. Throws LongtabError `bad-file` at a value that cannot be stored.
 * @param rowOf where row r of the tensor goes
 * @param columnOf for each of the matrix's columns, the tensor's column it takes; undefined keeps them
 */
export function matrixSink(
  gpu: Gpu,
  tensor: string,
  { ins, parts }: GpuMatrix,
  storage: Storage,
  rowOf: (row: number) => number,
  columnOf?: Uint32Array,
): RowSink {
  const width = padded(ins)
  const permuted = new Float32Array(ins)
  const row = storage === 'f16' ? new Uint32Array(width / 2) : new Uint32Array(width)
  const rowBytes = row.byteLength
  const asFloats = new Float32Array(row.buffer)

  function pack(values: Float32Array): number {
    if (storage === 'f16') return packHalves(values, row)
    asFloats.set(values)
    return firstNotFinite(values)
  }

  return ({ first, values }) => {
    const rows = values.length / ins
    // rows that stay neighbours go to the GPU in one write
    const run = new Uint8Array(rows * rowBytes)
    let runStart = -1
    let runRows = 0
    const flush = () => {
      if (runRows > 0)
        writeRows(gpu, parts, runStart, run.subarray(0, runRows * rowBytes), rowBytes)
      runRows = 0
    }
    for (let r = 0; r < rows; r++) {
      let line = values.subarray(r * ins, (r + 1) * ins)
      if (columnOf) {
        for (let i = 0; i < ins; i++) permuted[i] = line[columnOf[i] ?? 0] ?? 0
        line = permuted
      }
      const bad = pack(line)
      if (bad >= 0) throw unusableWeight(tensor, line[bad] ?? NaN)
      const to = rowOf(first + r)
      if (runRows === 0 || to !== runStart + runRows) {
        flush()
        runStart = to
      }
      run.set(new Uint8Array(row.buffer), runRows * rowBytes)
      runRows++
    }
    flush()
  }
}

function writeRows(
  gpu: Gpu,
  parts: readonly MatrixPart[],
  firstRow: number,
  bytes: Uint8Array<ArrayBuffer>,
  rowBytes: number,
): void {
  const end = firstRow + bytes.length / rowBytes
  for (const { matrix, firstOut, outs } of parts) {
    const from = Math.max(firstRow, firstOut)
    const to = Math.min(end, firstOut + outs)
    if (from >= to) continue
    gpu.device.queue.writeBuffer(
      matrix,
      (from - firstOut) * rowBytes,
      bytes,
      (from - firstRow) * rowBytes,
      (to - from) * rowBytes,
    )
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
}

/** A sink that writes a vector, or a small matrix kept in f32 without padding between its rows. */
export function vectorSink(
  gpu: Gpu,
  tensor: string,
  buffer: GPUBuffer,
  { width, first: start = 0, order, plus = 0 }: Placing,
): RowSink {
  return ({ first, values }) => {
    const bad = firstNotFinite(values)
    if (bad >= 0) throw unusableWeight(tensor, values[bad] ?? NaN)
    const placed = Float32Array.from(values, (value, i) =>
      order ? (values[order[i] ?? i] ?? 0) + plus : value + plus,
    )
    gpu.device.queue.writeBuffer(buffer, 4 * (start + first * width), placed)
  }
}
