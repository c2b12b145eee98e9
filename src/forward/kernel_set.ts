// The kernels of the forward pass and of eviction, compiled for one model. Kernels that the model does not need are left
// out, since compiling is a large part of loading. A policy's own kernels are in its file, those of merging in
// merging.ts.
import { compile as compileNow, leftOut, type AnyKernel, type LeftOut } from '../gpu/kernel.ts'
import { append } from '../kernels/append.ts'
import { attendChunk, attendTile, type AttendTile } from '../kernels/attend_chunk.ts'
import { attendMerge } from '../kernels/attend_merge.ts'
import { attendToken } from '../kernels/attend_token.ts'
import { bias } from '../kernels/bias.ts'
import { capLogits } from '../kernels/cap_logits.ts'
import { sampleToken } from '../kernels/sample_token.ts'
import { argmax } from '../kernels/argmax.ts'
import { compact } from '../kernels/compact.ts'
import { embed } from '../kernels/embed.ts'
import { gate } from '../kernels/gate.ts'
import { joinSpans } from '../kernels/join_spans.ts'
import { listSurvivors } from '../kernels/list_survivors.ts'
import { rmsNorm } from '../kernels/rms_norm.ts'
import { rmsNormHeads } from '../kernels/rms_norm_heads.ts'
import { matmul, matmulSide, type TileSide } from '../kernels/matmul.ts'
import { gatedMatvec } from '../kernels/gated_matvec.ts'
import { rmsNormMatvec } from '../kernels/rms_norm_matvec.ts'
import { matvec, rowLanes } from '../kernels/matvec.ts'
import { select } from '../kernels/select.ts'
import type { WeightStorage } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { awaitAll, type Compiler } from './compiler.ts'
import { qkvWidth } from './layer.ts'
import { budgetsDiffer, widestOuts, type Plan } from '../plan/plan.ts'
import { needs } from '../api/policies.ts'

export type KernelSet = Awaited<ReturnType<typeof compileKernels>>

/** Throws LongtabError `does-not-fit` when the device has too little workgroup memory. */
export function compileKernels(compiler: Compiler, plan: Plan) {
  const { device, compile, track } = compiler
  const { model, settings } = plan
  const shape = shapeOf(model)
  const layers = model.tensors.layers
  const isPostNormed = layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const hasHeads = needs(settings.policy.name, 'retaining heads')
  const evicts = settings.policy.name !== 'full'
  const largest = matmulSide(widestOuts(plan), plan.longestBlock)
  const tile: AttendTile = attendTile(model.headSize, device.limits.maxComputeWorkgroupStorageSize)
  const ROW_LANES = rowLanes(model.hidden, settings.storage.weights)
  const tokenRows = tokenRowsOf(model, isPostNormed, hasHeads)
  const GELU = model.activation === 'gelu' ? 1 : 0

  return awaitAll({
    embed: compile(embed[settings.storage.weights], {}),
    rmsNormInto: compile(rmsNorm, { ADDS: 0 }),
    rmsNormOnto: when(isPostNormed, rmsNorm, () => compile(rmsNorm, { ADDS: 1 })),
    rmsNormHeads: when(
      layers.some(({ headNorms }) => headNorms),
      rmsNormHeads,
      () => compile(rmsNormHeads, shape),
    ),
    bias: when(
      layers.some(({ qkvBias, attentionOutputBias }) => qkvBias ?? attentionOutputBias),
      bias,
      () => compile(bias, {}),
    ),
    matmulInto: track(compileMatmul(device, settings.storage.weights, 0, largest)),
    matmulOnto: track(compileMatmul(device, settings.storage.weights, 1, largest)),
    matvecInto: track(compileByLanes(device, settings.storage.weights, 0, tokenRows.into)),
    matvecOnto: track(compileByLanes(device, settings.storage.weights, 1, tokenRows.onto)),
    rmsNormMatvec: compile(rmsNormMatvec[settings.storage.weights], { ROW_LANES }),
    gatedMatvec: compile(gatedMatvec[settings.storage.weights], { ROW_LANES, GELU }),
    append: compile(append[settings.storage.cache], shape),
    attendChunk: compile(attendChunk[settings.storage.cache], { ...shape, ...tile }),
    tile,
    joinSpans: when(budgetsDiffer(plan), joinSpans, () => compile(joinSpans, shape)),
    attendToken: compile(attendToken[settings.storage.cache], shape),
    attendMerge: compile(attendMerge[settings.storage.cache], shape),
    gate: compile(gate, { GELU }),
    select: when(evicts, select, () => compile(select, shape)),
    listSurvivors: when(evicts, listSurvivors, () => compile(listSurvivors, shape)),
    compact: when(evicts, compact[settings.storage.cache], () =>
      compile(compact[settings.storage.cache], shape),
    ),
    capLogits: when(model.logitCap !== undefined, capLogits, () => compile(capLogits, {})),
    argmax: compile(argmax, {}),
    sampleToken: () => compileNow(device, sampleToken, {}), // compiled for the first answer that samples
  })
}

function when<K>(
  isUsed: boolean,
  { name }: AnyKernel,
  compiled: () => Promise<K>,
): Promise<K | LeftOut> {
  return isUsed ? compiled() : Promise.resolve(leftOut(name))
}

/** matmul by tile side. The large tile is left out where `largest` is the small one, as it takes long to compile. */
export async function compileMatmul(
  device: GPUDevice,
  weights: WeightStorage,
  ADDS: 0 | 1,
  largest: TileSide,
) {
  const compiled = (SIDE: TileSide) => compileNow(device, matmul[weights], { ADDS, SIDE })
  const large = largest === 128 ? compiled(128) : undefined
  const [small, ifLarge] = await Promise.all([compiled(64), large])
  return { 64: small, 128: ifLarge }
}

/** matvec for matrix rows of these lengths, by ROW_LANES. */
export async function compileByLanes(
  device: GPUDevice,
  storage: WeightStorage,
  ADDS: 0 | 1,
  rows: readonly number[],
) {
  const lanes = [...new Set(rows.map((ins) => rowLanes(ins, storage)))]
  const kernels = lanes.map((ROW_LANES) => compileNow(device, matvec[storage], { ADDS, ROW_LANES }))
  return new Map((await Promise.all(kernels)).map((kernel, i) => [lanes[i], kernel]))
}

/** Lengths of the matrix rows of all matvecs, by where the product goes. */
function tokenRowsOf(model: ModelDescription, isPostNormed: boolean, hasHeads: boolean) {
  const { hidden, heads, headSize, feedForward } = model
  const intoResidual = [heads * headSize, feedForward] // attention output and down projection
  const into = [hidden] // logits
  if (hasHeads) into.push(qkvWidth(model))
  return isPostNormed
    ? { into: [...into, ...intoResidual], onto: [] }
    : { into, onto: intoResidual }
}

/** Constants that most kernels of a layer have in common. */
export function shapeOf({ heads, kvHeads, headSize }: ModelDescription) {
  return { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
}
