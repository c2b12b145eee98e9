// A checkpoint's tensors → the reference's weights: q, k and v stacked, gate and up stacked, rotary pairs side by side.
import type { ModelDescription, TensorNames } from '../src/model/description.ts'
import { at } from './at.ts'
import type { LayerWeights, ReferenceModel, RetainingHead } from './model.ts'

/** Tensors by name, each row-major. */
export type Tensors = ReadonlyMap<string, Float32Array>

/** @param heads official retaining heads, `model.layers.{i}.self_attn.fc1.weight` and `fc2.weight` */
export function assemble(
  description: ModelDescription,
  tensors: Tensors,
  heads?: Tensors,
): ReferenceModel {
  const names: TensorNames = description.tensors
  return {
    description,
    embedding: tensorOf(tensors, names.embedding),
    finalNorm: tensorOf(tensors, names.finalNorm),
    output: tensorOf(tensors, names.output),
    layers: names.layers.map((layer, index): LayerWeights => ({
      attentionNorm: tensorOf(tensors, layer.attentionNorm),
      qkv: stack([
        pairRows(tensorOf(tensors, layer.query), description, description.heads),
        pairRows(tensorOf(tensors, layer.key), description, description.kvHeads),
        tensorOf(tensors, layer.value),
      ]),
      attentionOutput: tensorOf(tensors, layer.attentionOutput),
      feedForwardNorm: tensorOf(tensors, layer.feedForwardNorm),
      gateUp: stack([tensorOf(tensors, layer.gate), tensorOf(tensors, layer.up)]),
      down: tensorOf(tensors, layer.down),
      retaining: heads && retainingHead(heads, index, description),
    })),
  }
}

function retainingHead(
  heads: Tensors,
  layerIndex: number,
  description: ModelDescription,
): RetainingHead {
  const prefix = `model.layers.${layerIndex}.self_attn`
  return {
    fc1: pairColumns(tensorOf(heads, `${prefix}.fc1.weight`), description),
    fc2: tensorOf(heads, `${prefix}.fc2.weight`),
  }
}

function tensorOf(tensors: Tensors, name: string): Float32Array {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`no tensor is named ${name}`)
  return tensor
}

function stack(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/**
 * Where dimension `dim` of a head stands in Hugging Face's "rotate_half" layout, which pairs i with i + rotated / 2.
 * Here the pair lies at 2i and 2i + 1.
 */
export function halfLayoutDim(dim: number, rotated: number): number {
  if (dim >= rotated) return dim
  return dim % 2 === 0 ? dim / 2 : (dim - 1) / 2 + rotated / 2
}

/** @param matrix (heads · headSize, width) */
function pairRows(
  matrix: Float32Array,
  { headSize, rotary }: ModelDescription,
  heads: number,
): Float32Array {
  const width = matrix.length / (heads * headSize)
  const paired = new Float32Array(matrix.length)
  for (let head = 0; head < heads; head++) {
    for (let dim = 0; dim < headSize; dim++) {
      const source = (head * headSize + halfLayoutDim(dim, rotary.rotated)) * width
      paired.set(matrix.subarray(source, source + width), (head * headSize + dim) * width)
    }
  }
  return paired
}

/** @param fc1 (width, (heads + 2·kvHeads) · headSize), its columns [q; k; v] */
function pairColumns(fc1: Float32Array, description: ModelDescription): Float32Array {
  const { heads, kvHeads, headSize, rotary } = description
  const columns = (heads + 2 * kvHeads) * headSize
  return fc1.map((_, index) => {
    const column = index % columns
    const head = Math.floor(column / headSize)
    if (head >= heads + kvHeads) return at(fc1, index)
    const dim = column % headSize
    return at(fc1, index - dim + halfLayoutDim(dim, rotary.rotated))
  })
}
