// Retaining heads: per layer two matrices that score every token from its [q; k; v] (Locret, section 3.3). Tensors are named
// as in the official checkpoints, which are PyTorch files. Ours are safetensors, and their metadata says how they want to be
// used. They may have a bias between the two matrices, which heads trained on standardised inputs need.
import { LongtabError } from '../api/errors.ts'
import type { ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from '../api/description.ts'
import { attentionLayers } from './layer_kinds.ts'
import { openTensors } from './open_tensors.ts'
import { requireShapes } from './required_tensors.ts'

/** What each KV head wants of the budget, at least 0; only proportions count. Shape: (layers, KV heads). */
export type Shares = readonly (readonly number[])[]

export interface RetainingHeads {
  /** d_R: width of the hidden layer, the same in all layers */
  readonly hidden: number
  /** Neighbours on either side that their scores are to be pooled over (`Settings.pool`), as the file says; 0 where it does not. */
  readonly pool: number
  /** What each KV head wants of the budget beside the others (`Settings.allocation`); `undefined` where the file does not say. */
  readonly shares: Shares | undefined
  /** Share 0…1 of the budget that is to be the newest units (`Settings.stabilizers`); `undefined` where the file does not say. */
  readonly stabilizers: number | undefined
  /** `Settings.doubtBelow`, where it was measured for the model that the heads come with; no file says it. `undefined` by default. */
  readonly doubtBelow?: number | undefined
  /** (layers of attention) */
  readonly layers: readonly RetainingHeadTensors[]
  readonly name: string
  /** to stream them from; columns of fc1 in the checkpoint's rotary layout */
  readonly checkpoint: Checkpoint
}

export interface RetainingHeadTensors {
  /** that it belongs to; only layers of attention have one */
  readonly layer: number
  /** (d_R, (heads + 2·kvHeads) · headSize) */
  readonly fc1: string
  /** (d_R), added to what fc1 makes; all layers have one or none */
  readonly bias: string | undefined
  /** (kvHeads, d_R) */
  readonly fc2: string
}

const layerOf = /^model\.layers\.(\d+)\.self_attn\.(?:fc[12]\.weight|fc1\.bias)$/

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
    const biased = [...checkpoint.tensors.keys()].some((name) => biasName.test(name))
    const layers = attentionLayers(model).map((layer) => tensorsOf(layer, biased))
    refuseOtherLayers(checkpoint, model, file.name)
    const hidden = hiddenWidth(checkpoint, layers)
    const width = (model.heads + 2 * model.kvHeads) * model.headSize
    const shapes = new Map(
      layers.flatMap(({ fc1, bias, fc2 }): [string, number[]][] => [
        [fc1, [hidden, width]],
        ...(bias === undefined ? [] : [[bias, [hidden]] satisfies [string, number[]]]),
        [fc2, [model.kvHeads, hidden]],
      ]),
    )
    requireShapes(shapes, checkpoint, `the retaining heads ${file.name}`)
    return {
      hidden,
      pool: poolOf(checkpoint, file.name),
      shares: sharesOf(checkpoint, model, file.name),
      stabilizers: stabilizersOf(checkpoint, file.name),
      layers,
      name: file.name,
      checkpoint,
    }
  } catch (error) {
    checkpoint.close()
    throw error
  }
}

const biasName = /^model\.layers\.\d+\.self_attn\.fc1\.bias$/

function tensorsOf(layer: number, biased: boolean): RetainingHeadTensors {
  const attention = `model.layers.${layer}.self_attn`
  return {
    layer,
    fc1: `${attention}.fc1.weight`,
    bias: biased ? `${attention}.fc1.bias` : undefined,
    fc2: `${attention}.fc2.weight`,
  }
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

/** JSON, [layer][KV head], without heads in a layer that has no attention; official files have none. */
function sharesOf(
  { metadata }: Checkpoint,
  model: ModelDescription,
  name: string,
): Shares | undefined {
  const text = metadata?.['shares']
  if (text === undefined) return undefined
  const shares = parsedShares(text)
  const { layers, kvHeads, kinds } = model
  const fits =
    shares?.length === layers &&
    shares.every((heads, layer) => heads.length === (kinds[layer] === 'attention' ? kvHeads : 0)) &&
    shares.flat().some((share) => share > 0)
  if (fits) return shares
  throw new LongtabError(
    'bad-file',
    `${name} has shares of the budget that are not ${layers} layers of ${kvHeads} numbers, none below 0 and one above it; take the file from its source again`,
  )
}

/** Undefined where the text is anything but rows of numbers from 0 on. */
function parsedShares(text: string): Shares | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  const isShare = (value: unknown): value is number =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0
  const isRow = (row: unknown): row is number[] => Array.isArray(row) && row.every(isShare)
  return Array.isArray(parsed) && parsed.every(isRow) ? parsed : undefined
}

/** Official files do not say. */
function stabilizersOf({ metadata }: Checkpoint, name: string): number | undefined {
  const text = metadata?.['stabilizers']
  if (text === undefined) return undefined
  const share = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  if (share >= 0 && share < 1) return share
  throw new LongtabError(
    'bad-file',
    `${name} would have the share '${text}' of the budget as stabilizers, where a number from 0 to below 1 is expected; take the file from its source again`,
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
