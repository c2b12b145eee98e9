// The folder that transformers.js loads, made of a GGUF file's own values.
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readDescription } from '../../../src/model/config.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import { ggufFiles } from '../../../src/model/gguf/files.ts'
import { openCheckpoint } from '../../../src/model/open_checkpoint.ts'
import { diskFile } from '../../models/disk_file.ts'
import { RunError } from '../../shell/command.ts'
import { llamaGraph, type OnnxStorage } from './llama.ts'

/** What transformers.js appends to a model file's name. */
const suffixes: Readonly<Record<OnnxStorage, string>> = { fp32: '', q4: '_q4', q4f16: '_q4f16' }

/**
 * Writes what is not there yet.
 * @param gguf path of a Llama
 * @throws RunError where it is another architecture
 */
export async function writeOnnx(gguf: string, folder: string, storage: OnnxStorage): Promise<void> {
  const path = join(folder, 'onnx', `model${suffixes[storage]}.onnx`)
  if (existsSync(path)) return
  const files = ggufFiles(diskFile(gguf))
  const model = await readDescription(files)
  if (model.family !== 'llama') {
    throw new RunError(
      `an ONNX model is made of Llamas only, and ${gguf} is a ${model.family}; name another model, or leave transformers.js out with --only`,
    )
  }
  await mkdir(join(folder, 'onnx'), { recursive: true })
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    await writeFile(join(folder, name), await files.text(name))
  }
  const checkpoint = await openCheckpoint(files)
  const bytes = await llamaGraph(model, (name) => wholeTensor(checkpoint, name), storage)
  checkpoint.close()
  await pipeline(Readable.from(bytes), createWriteStream(`${path}.part`))
  await rename(`${path}.part`, path)
}

async function wholeTensor(checkpoint: Checkpoint, name: string): Promise<Float32Array> {
  const shape = checkpoint.tensors.get(name)?.shape ?? []
  const width = shape.at(-1) ?? 1
  const values = new Float32Array(shape.reduce((product, axis) => product * axis, 1))
  for await (const slice of checkpoint.rows(name)) values.set(slice.values, slice.first * width)
  return values
}
