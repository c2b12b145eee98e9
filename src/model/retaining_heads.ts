// Retaining heads: per layer two matrices that score every token from its [q; k; v]. Locret, section 3.3; tensor names as
// in the official checkpoints, which are PyTorch files; ours are safetensors.
import { LongtabError } from '../errors.ts'
import type { ByteFile } from './byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from './description.ts'
import { openTensors } from './open_tensors.ts'
import { requireShapes } from './required_tensors.ts'

export interface RetainingHeads {
  /** d_R: width of the hidden layer, the same in all layers */
  readonly hidden: number
  /** neighbours on either side that its scores are to be pooled over (`Settings.pool`): what the file says, or none */
  readonly pool: number
  /** (layers) */
  readonly layers: readonly RetainingHeadTensors[]
  readonly name: string
  /** to stream them from; columns of fc1 in the checkpoint's rotary layout */
  readonly checkpoint: Checkpoint
}

export interface RetainingHeadTensors {
  /** (d_R, (heads + 2·kvHeads) · headSize) */
  readonly fc1: string
  /** (kvHeads, d_R) */
  readonly fc2: string
}

const layerOf = /^model\.layers\.(\d+)\.self_attn\.fc[12]\.weight$/

/**
 * Opens the heads of a model. Reads the header only, or the pickle.
 * Throws LongtabError `bad-file` when they are not this model's: layers missing or too many, shapes that do not fit.
 */
export async function openRetainingHeads(
  file: ByteFile,
  model: ModelDescription,
  signal?: AbortSignal,
): Promise<RetainingHeads> {
  const checkpoint = await openTensors(file, signal)
  try {
    const layers = Array.from({ length: model.layers }, (_, layer) => tensorsOf(layer))
    refuseOtherLayers(checkpoint, model, file.name)
    const hidden = hiddenWidth(checkpoint, layers)
    const width = (model.heads + 2 * model.kvHeads) * model.headSize
    const shapes = new Map(
      layers.flatMap(({ fc1, fc2 }) => [
        [fc1, [hidden, width]] as const,
        [fc2, [model.kvHeads, hidden]] as const,
      ]),
    )
    requireShapes(shapes, checkpoint, `the retaining heads ${file.name}`)
    return { hidden, pool: poolOf(checkpoint, file.name), layers, name: file.name, checkpoint }
  } catch (error) {
    checkpoint.close()
    throw error
  }
}

function tensorsOf(layer: number): RetainingHeadTensors {
  const attention = `model.layers.${layer}.self_attn`
  return { fc1: `${attention}.fc1.weight`, fc2: `${attention}.fc2.weight` }
}

/** Official files do not say. */
function poolOf({ metadata }: Checkpoint, name: string): number {
  const text = metadata?.['pool'] ?? '0'
  if (/^\d{1,3}$/.test(text)) return Number(text)
  throw new LongtabError(
    'bad-file',
    `${name} would have its scores pooled over '${text}' neighbours on either side, where a number is expected; take the file from its source again`,
  )
}

function refuseOtherLayers(checkpoint: Checkpoint, model: ModelDescription, name: string): void {
  let found = 0
  for (const tensor of checkpoint.tensors.keys()) {
    const layer = layerOf.exec(tensor)?.[1]
    if (layer !== undefined) found = Math.max(found, 1 + Number(layer))
  }
  if (found === 0) {
    throw new LongtabError(
      'bad-file',
      `${name} holds no retaining heads; tensors model.layers.0.self_attn.fc1.weight and fc2.weight are expected`,
    )
  }
  if (found > model.layers) {
    throw new LongtabError(
      'bad-file',
      `${name} holds retaining heads for ${found} layers and the model has ${model.layers}; take the heads of this model`,
    )
  }
}

/** d_R as the first fc1 has it; the others are then held to it. */
function hiddenWidth(checkpoint: Checkpoint, layers: readonly RetainingHeadTensors[]): number {
  for (const { fc1 } of layers) {
    const shape = checkpoint.tensors.get(fc1)?.shape
    if (shape?.length === 2 && shape[0]) return shape[0]
  }
  return 1 // no matrix to go by: the check of shapes names what is wrong
}
