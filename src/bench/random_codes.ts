// A matrix of random codes, with as many bytes as a real one and values of a given size.
import type { Gpu } from '../gpu/device.ts'
import { toOneHalf } from '../model/half.ts'
import { rowBytesOf, type MatrixPart } from '../model/matrix.ts'
import { pcg } from '../random.ts'

/** Random words, written repeatedly: more than any cache holds. */
const noise = Uint32Array.from({ length: 1 << 20 }, (_, i) => pcg(i))

/** Fills a part in `q8` or `q4` with values of at most `spread` in magnitude. */
export function fillCodes(gpu: Gpu, ins: number, part: MatrixPart, spread: number): void {
  const { matrix, outs, storage } = part
  const row = rowBytesOf(ins, storage)
  const [low, high] = storage === 'q4' ? [spread / 7.5, -spread] : [spread / 127, spread / 127]
  const scales = new Uint32Array(noise.length).fill(toOneHalf(low) + 0x10000 * toOneHalf(high))
  repeated(gpu, matrix, 0, outs * row.codes, noise)
  repeated(gpu, matrix, outs * row.codes, outs * row.scales, scales)
}

function repeated(
  { device }: Gpu,
  to: GPUBuffer,
  start: number,
  bytes: number,
  words: Uint32Array<ArrayBuffer>,
): void {
  for (let at = 0; at < bytes; at += words.byteLength) {
    const count = Math.min(words.byteLength, bytes - at) / 4
    device.queue.writeBuffer(to, start + at, words, 0, count)
  }
}
