// Faults in bytes: flipped, overwritten, inserted, left out, moved, cut; numbers and pieces of the format where they should not be.
import { chosen, type Bytes, type Damage, type Random } from '../reader.ts'

interface Places {
  /** what may stand where it should not, a character a byte */
  readonly pieces: readonly string[]
  /** where damage is done; the whole file by default */
  readonly regions?: (file: Bytes) => readonly (readonly [start: number, end: number])[]
}

/** One to three faults, or a cut. */
export function inBytes({ pieces, regions }: Places): Damage {
  const written = pieces.map((piece) => Uint8Array.from(Buffer.from(piece, 'latin1')))
  return (file, random) => {
    if (random(20) === 0) return file.slice(0, random(file.length))
    let bytes = file.slice()
    const places = regions?.(file) ?? [[0, file.length] as const]
    for (let faults = 1 + random(3); faults > 0 && bytes.length > 16; faults--) {
      const [start, end] = chosen(places, random)
      const at = Math.max(0, Math.min(start + random(end - start), bytes.length - 8))
      bytes = chosen(faultKinds, random)(bytes, at, random, written)
    }
    return bytes
  }
}

type Fault = (bytes: Bytes, at: number, random: Random, pieces: readonly Bytes[]) => Bytes

const extremes = [0n, 1n, 0xffn, 0x7fffffffn, 0xffffffffn, 1n << 40n, 1n << 53n, (1n << 64n) - 1n]

const faultKinds: readonly Fault[] = [
  (bytes, at, random) => bytes.with(at, random(256)),
  (bytes, at, random) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << random(8))),
  (bytes, at, random) => {
    new DataView(bytes.buffer).setBigUint64(at, chosen(extremes, random), true)
    return bytes
  },
  (bytes, at, random, pieces) => {
    bytes.set(chosen(pieces, random).subarray(0, bytes.length - at), at)
    return bytes
  },
  (bytes, at, random, pieces) => inserted(bytes, at, chosen(pieces, random)),
  (bytes, at, random) => inserted(bytes, at, bytes.slice(at, at + random(200))),
  (bytes, at, random) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(20))),
  (bytes, _, random) => bytes.copyWithin(random(bytes.length), random(bytes.length)),
]

function inserted(bytes: Bytes, at: number, piece: Uint8Array): Bytes {
  return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts))
}
