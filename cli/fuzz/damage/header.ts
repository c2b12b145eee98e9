// Faults in the header of a safetensors file, written again with its right length, so that they reach what believes the header.
import { bytesOf, textOf, type Bytes, type Damage } from '../reader.ts'
import { inBytes } from './bytes.ts'
import { damagedJson } from './json.ts'

const lengthBytes = 8

/** Half of the inputs keep a header in JSON. */
export const inHeader: Damage = (file, random) => {
  if (random(2) === 0) return inHeaderBytes(file, random)
  return withHeader(file, (header) => damagedJson(header, random))
}

/** The file with another header of the right length. */
export function withHeader(file: Bytes, change: (header: string) => string): Bytes {
  const end = endOfHeader(file)
  const header = bytesOf(change(textOf(file.subarray(lengthBytes, end))))
  const length = new Uint8Array(lengthBytes)
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true)
  return Uint8Array.from(Buffer.concat([length, header, file.subarray(end)]))
}

/** Below it as many faults hit the length as the JSON. */
const inHeaderBytes = inBytes({
  pieces: ['"', '{', '}', '[', ',', ':', '-', '9', '0', 'e9', 'null', '"F16"', '\0', '\xff', '[['],
  regions: (file) => [[0, endOfHeader(file)]],
})

function endOfHeader(file: Bytes): number {
  return lengthBytes + Number(new DataView(file.buffer).getBigUint64(0, true))
}
