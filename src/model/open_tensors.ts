// A single file of tensors, safetensors or PyTorch's, told apart by how it begins: a name says little of a file behind a URL.
import { readAll, type ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { isPytorch, openPytorch } from './pytorch/checkpoint.ts'
import { openSafetensors } from './safetensors/checkpoint.ts'

const prefixBytes = 4

/** Reads what describes the tensors only. Throws LongtabError as the formats do. */
export async function openTensors(file: ByteFile, signal?: AbortSignal): Promise<Checkpoint> {
  const size = await file.size(signal)
  if (size !== undefined && size < prefixBytes) return openSafetensors(file, signal)
  const prefix = await readAll(file, 0, prefixBytes, signal)
  return isPytorch(prefix) ? openPytorch(file, signal) : openSafetensors(file, signal)
}
