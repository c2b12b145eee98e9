// The convolutions, kernels and buffers of LoCoCo, allocated once, for policies that merge.
import type { Gpu } from '../gpu/device.ts'
import { compile } from '../gpu/kernel.ts'
import { blend } from '../kernels/blend.ts'
import { convolve } from '../kernels/convolve.ts'
import { gather } from '../kernels/gather.ts'
import { listOthers } from '../kernels/list_others.ts'
import { merge } from '../kernels/merge.ts'
import { readCompressorLayer, type Compressor, type CompressorLayer } from '../model/compressor.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { packConvolution } from './merging_layout.ts'
import { mergingBytes, requireMergeable, type MergingShape } from '../plan/merging_shape.ts'
import type { Plan } from '../plan/plan.ts'

/** One layer's convolution. */
export interface GpuCompressor {
  /** (merged, [k; v] padded, tap) in vec4s of channels */
  readonly weights: GPUBuffer
  /** (merged) */
  readonly bias: GPUBuffer
  /** (1) */
  readonly lambda: GPUBuffer
}

export interface MergingScratch {
  /** (heavy · heavy and residual, kv head) of (key, ties to drop) */
  readonly choices: GPUBuffer
  /** (kv head, other): slot */
  readonly others: GPUBuffer
  /** (kv head, merged) of (other, origin) */
  readonly residuals: GPUBuffer
  /** (kv head, other and padding, [k; v] padded) */
  readonly sources: GPUBuffer
  /** (kv head, merged, other) */
  readonly logits: GPUBuffer
}

export interface Merging extends MergingShape {
  readonly kernels: Awaited<ReturnType<typeof compileMerging>>
  /** (layer) */
  readonly layers: readonly GpuCompressor[]
  readonly scratch: MergingScratch
}

/** Reads the compressor. Allocates and compiles everything that merging needs. */
export async function loadMerging(
  gpu: Gpu,
  { model, settings }: Plan,
  shape: MergingShape,
  compressor: Compressor,
  signal: AbortSignal | undefined,
): Promise<Merging> {
  const bytes = mergingBytes(model, shape)
  const allocate = (name: keyof MergingScratch) =>
    gpu.memory.allocate('scratch', `merging: ${name}`, bytes.scratch[name])
  const scratch = {
    choices: allocate('choices'),
    others: allocate('others'),
    residuals: allocate('residuals'),
    sources: allocate('sources'),
    logits: allocate('logits'),
  }
  const layers: GpuCompressor[] = []
  for (let index = 0; index < model.layers; index++) {
    const layer = await readCompressorLayer(compressor, model, index, signal)
    layers.push(uploadLayer(gpu, model, shape, layer, bytes.weights))
  }
  return {
    ...shape,
    kernels: await compileMerging(gpu, model, settings, shape.taps),
    layers,
    scratch,
  }
}

function uploadLayer(
  gpu: Gpu,
  model: ModelDescription,
  shape: MergingShape,
  { weights, bias, lambda }: CompressorLayer,
  bytes: Record<keyof GpuCompressor, number>,
): GpuCompressor {
  const upload = (name: keyof GpuCompressor, values: Float32Array<ArrayBuffer>) => {
    const buffer = gpu.memory.allocate('weights', `compressor ${name}`, bytes[name])
    gpu.device.queue.writeBuffer(buffer, 0, values)
    return buffer
  }
  return {
    weights: upload('weights', packConvolution(weights, model, shape)),
    bias: upload('bias', Float32Array.from(bias)),
    lambda: upload('lambda', Float32Array.of(lambda)),
  }
}

async function compileMerging(
  { device }: Gpu,
  { kvHeads, headSize }: ModelDescription,
  settings: Settings,
  taps: number,
) {
  const cache = requireMergeable(settings)
  // official LoCoCo merges keys after rotation to their origins; slot numbers change with the eviction, so there keys are
  // merged before rotation
  const ROTATES = settings.positions === 'original' ? 1 : 0
  const constants = { KV_HEADS: kvHeads, HEAD_SIZE: headSize, ROTATES }
  const [listed, gathered, convolved, blended, merged] = await Promise.all([
    compile(device, listOthers, constants),
    compile(device, gather[cache], constants),
    compile(device, convolve, { KV_HEADS: kvHeads, TAPS: taps }),
    compile(device, blend, constants),
    compile(device, merge[cache], constants),
  ])
  return {
    listOthers: listed,
    gather: gathered,
    convolve: convolved,
    blend: blended,
    merge: merged,
  }
}
