// A random matrix in any storage: the values that it holds, and rows of it on the GPU. What only files hold is made of random
// blocks, which go to the GPU as those of a file do.
import type { MatrixStorage } from '../api/settings.ts'
import { blockFormats } from '../model/gguf/blocks.ts'
import { repackInto } from '../model/gguf/repack.ts'
import { rowBytesOf } from '../model/matrix.ts'
import { toOneHalf } from '../model/half.ts'
import type { TestGpu } from './gpu.ts'
import { randomIntegers, randomValues } from './random.ts'
import { storedMatrix } from './rows.ts'

export interface RandomMatrix {
  /** (row, ins) */
  readonly values: Float32Array
  readonly upload: (gpu: TestGpu, firstRow: number, rows: number) => GPUBuffer
}

/** @param type of the blocks, where the storage is one that only files have */
export function randomMatrix(
  rows: number,
  ins: number,
  storage: MatrixStorage,
  seed: number,
  type = typeOf(storage),
): RandomMatrix {
  if (type !== undefined) return ofBlocks(rows, ins, storage, seed, type)
  const values = storedMatrix(randomValues(rows * ins, seed), ins, storage)
  return {
    values,
    upload: (gpu, first, count) =>
      gpu.uploadMatrix(values.subarray(first * ins, (first + count) * ins), ins, storage),
  }
}

function typeOf(storage: MatrixStorage): string | undefined {
  const types: Partial<Record<MatrixStorage, string>> = {
    q5: 'Q5_1',
    q4_k: 'Q4_K',
    q5_k: 'Q5_K',
    q6_k: 'Q6_K',
  }
  return types[storage]
}

/** Offsets of the f16 in a block, and the size that gives values of about 1. */
const scales: Readonly<Record<string, readonly [size: number, ...offsets: number[]]>> = {
  Q8_0: [1 / 127, 0],
  Q4_0: [1 / 8, 0],
  Q4_1: [1 / 8, 0, 2],
  Q5_0: [1 / 16, 0],
  Q5_1: [1 / 16, 0, 2],
  Q4_K: [1 / 500, 0, 2],
  Q5_K: [1 / 1000, 0, 2],
  Q6_K: [1 / 4000, 208],
}

/** Too small for a normal f16, and yet a scale that files have. */
const subnormal = 2 ** -20

function ofBlocks(
  rows: number,
  ins: number,
  storage: MatrixStorage,
  seed: number,
  type: string,
): RandomMatrix {
  const format = blockFormats[type]
  const repack = repackInto(storage, type)
  const [size = 1, ...offsets] = scales[type] ?? []
  if (!format || !repack) throw new Error(`${type} does not go into ${storage}`)
  const count = (rows * ins) / format.values
  const blocks = Uint8Array.from(randomIntegers(count * format.bytes, 256, seed))
  const factors = randomValues(2 * count, seed + 1)
  for (let block = 0; block < count; block++) {
    for (const [i, offset] of offsets.entries()) {
      const isSmall = block % 7 === 3
      const half = toOneHalf((factors[2 * block + i] ?? 0) * (isSmall ? subnormal : size))
      blocks.set([half & 255, half >> 8], block * format.bytes + offset)
    }
  }
  const values = new Float32Array(rows * ins)
  format.decode(blocks, values)
  const blockRow = (ins / format.values) * format.bytes
  const bytes = rowBytesOf(ins, storage)
  return {
    values,
    upload(gpu, first, outs) {
      const words = new Uint8Array(outs * (bytes.codes + bytes.scales))
      const scalesStart = outs * bytes.codes
      for (let row = 0; row < outs; row++) {
        const from = (first + row) * blockRow
        repack(
          blocks.subarray(from, from + blockRow),
          words.subarray(row * bytes.codes, (row + 1) * bytes.codes),
          words.subarray(scalesStart + row * bytes.scales, scalesStart + (row + 1) * bytes.scales),
        )
      }
      return gpu.upload(new Uint32Array(words.buffer))
    },
  }
}
