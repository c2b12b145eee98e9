// A single file of tensors, told apart by how it begins: a name says little of a file behind a URL.
import type { ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { formats } from './formats.ts'
import { openSafetensors } from './safetensors/checkpoint.ts'

const prefixBytes = 4

/** What bears no mark is read as safetensors. Reads headers only. Throws LongtabError as the formats do. */
export async function openTensors(file: ByteFile, signal?: AbortSignal): Promise<Checkpoint> {
  const size = await file.size(signal)
  const isShort = size !== undefined && size < prefixBytes
  const prefix = isShort ? new Uint8Array() : await file.part(0, prefixBytes, signal)
  const marked = formats.find(({ tensors }) => tensors?.begins?.(prefix))
  return (marked?.tensors?.open ?? openSafetensors)(file, signal)
}
