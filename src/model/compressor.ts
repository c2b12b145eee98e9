// A compressor: per layer one convolution that LoCoCo merges slots by. Tensor names as the official code saves them
// (`memory_saver` of VITA-Group/LoCoCo).
import { LongtabError } from '../api/errors.ts'
import type { ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import { halvedIn } from './rotated.ts'
import type { ModelDescription } from '../api/description.ts'
import { unusableWeight } from './half.ts'
import { requireShapes } from './required_tensors.ts'
import { halvesDimension } from './rotary_layout.ts'
import { openSafetensors } from './safetensors/checkpoint.ts'

export interface Compressor {
  /** Slots that it merges into: its output channels. */
  readonly merged: number
  /** Kernel size of its convolutions; it is odd. */
  readonly taps: number
  readonly name: string
  readonly checkpoint: Checkpoint
}

/** One layer's, in the engine's order of dimensions. */
export interface CompressorLayer {
  /** (merged, [k; v], tap), k in rotary pairs */
  readonly weights: Float32Array
  /** (merged) */
  readonly bias: Float32Array
  /** share of the convolution; the rest is the residual's. In [0, 1] */
  readonly lambda: number
}

/** The official names. */
export function compressorTensors(layer: number) {
  const saver = `model.layers.${layer}.self_attn.memory_saver`
  return {
    weight: `${saver}.layers.0.weight`,
    bias: `${saver}.layers.0.bias`,
    normalizer: `${saver}.normalizer`,
  }
}

/**
 * Opens a compressor. Reads the header only. Throws LongtabError `bad-file` when it is not this model's.
 */
export async function openCompressor(
  file: ByteFile,
  model: ModelDescription,
  signal?: AbortSignal,
): Promise<Compressor> {
  const checkpoint = await openSafetensors(file, signal)
  try {
    const channels = 2 * model.headSize
    const { weight } = compressorTensors(0)
    const shape = checkpoint.tensors.get(weight)?.shape
    if (!shape) {
      throw new LongtabError(
        'bad-file',
        `${file.name} holds no compressor; tensors ${weight}, bias and normalizer are expected`,
      )
    }
    const [merged = 0, , taps = 0] = shape
    if (shape.length !== 3 || merged === 0 || shape[1] !== channels || taps % 2 === 0) {
      throw new LongtabError(
        'bad-file',
        `tensor ${weight} of ${file.name} has shape (${shape.join(', ')}), expected (merged slots, ${channels}, an odd kernel size), ${channels} being twice the head size; name a compressor trained for this model`,
      )
    }
    const shapes = new Map<string, readonly number[]>()
    for (let layer = 0; layer < model.layers; layer++) {
      const names = compressorTensors(layer)
      shapes.set(names.weight, [merged, channels, taps])
      shapes.set(names.bias, [merged])
      shapes.set(names.normalizer, [1])
    }
    requireShapes(shapes, checkpoint, `the compressor ${file.name}`)
    return { merged, taps, name: file.name, checkpoint }
  } catch (error) {
    checkpoint.close()
    throw error
  }
}

/**
 * @param merged slots that budget and kept share leave to be merged into
 * Throws LongtabError `bad-file` when the compressor merges into another number.
 */
export function requireMergedSlots(
  { name, merged: has, taps }: Pick<Compressor, 'name' | 'merged' | 'taps'>,
  { headSize }: ModelDescription,
  merged: number,
): void {
  if (has === merged) return
  const { weight } = compressorTensors(0)
  const shape = (slots: number) => `(${slots}, ${2 * headSize}, ${taps})`
  throw new LongtabError(
    'bad-file',
    `tensor ${weight} of ${name} has shape ${shape(has)}, expected ${shape(merged)}: budget × (1 − kept share) slots; leave the kept share out, and it follows the compressor`,
  )
}

/** Reads one layer. Throws LongtabError `bad-file` at a value that is not finite. */
export async function readCompressorLayer(
  { merged, taps, checkpoint }: Compressor,
  model: ModelDescription,
  layer: number,
  signal?: AbortSignal,
): Promise<CompressorLayer> {
  const names = compressorTensors(layer)
  const { headSize } = model
  const halved = halvedIn(model, layer)
  const read = await readTensor(checkpoint, names.weight, signal)
  const weights = new Float32Array(read.length)
  for (let out = 0; out < merged; out++) {
    for (let channel = 0; channel < 2 * headSize; channel++) {
      const from = channel < headSize ? halvesDimension(channel, halved) : channel
      const row = (at: number) => (out * 2 * headSize + at) * taps
      weights.set(read.subarray(row(from), row(from) + taps), row(channel))
    }
  }
  const bias = await readTensor(checkpoint, names.bias, signal)
  const [lambda = 0] = await readTensor(checkpoint, names.normalizer, signal)
  return { weights, bias, lambda: Math.min(1, Math.max(0, lambda)) }
}

async function readTensor(
  checkpoint: Checkpoint,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const shape = checkpoint.tensors.get(name)?.shape ?? []
  const values = new Float32Array(shape.reduce((product, axis) => product * axis, 1))
  for await (const slice of checkpoint.rows(name, signal)) {
    values.set(slice.values, slice.first * (shape.at(-1) ?? 1))
  }
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw unusableWeight(name, values[bad] ?? NaN)
  return values
}
