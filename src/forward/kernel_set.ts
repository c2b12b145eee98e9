// The kernels of the forward pass and of eviction, compiled for one model. Kernels that the model does not need are left
// out, since compiling is a large part of loading. A policy's own kernels are in its file, those of merging in
// merging.ts.
import { compile as compileNow, leftOut, type AnyKernel, type LeftOut } from '../gpu/kernel.ts'
import { append } from '../kernels/append.ts'
import { attendChunk, attendTile } from '../kernels/attend_chunk.ts'
import { attendMerge } from '../kernels/attend_merge.ts'
import { attendToken } from '../kernels/attend_token.ts'
import { capLogits } from '../kernels/cap_logits.ts'
import { sampleToken } from '../kernels/sample_token.ts'
import { argmax } from '../kernels/argmax.ts'
import { compact } from '../kernels/compact.ts'
import { gate } from '../kernels/gate.ts'
import { joinSpans } from '../kernels/join_spans.ts'
import { listSurvivors } from '../kernels/list_survivors.ts'
import { maskLogits } from '../kernels/mask_logits.ts'
import { rmsNorm } from '../kernels/rms_norm.ts'
import { headNormConstants, rmsNormHeads } from '../kernels/rms_norm_heads.ts'
import { headNormsOf } from '../model/head_norms.ts'
import { noteBadNumbers } from '../kernels/note_bad_numbers.ts'
import { shortConvolution } from '../kernels/short_convolution.ts'
import { select } from '../kernels/select.ts'
import { turnKeys } from '../kernels/turn_keys.ts'
import { hasConvolutions } from '../model/layer_kinds.ts'
import { ringTokens } from '../plan/cache_bytes.ts'
import { portable, type Variants } from '../kernels/variants.ts'
import type { ModelDescription } from '../api/description.ts'
import { awaitAll, type Compiler } from './compiler.ts'
import {
  compileEmbed,
  compileGatedMatmuls,
  compileMatmuls,
  compileMatvecs,
  largestTile,
  productsOf,
} from './matrix_kernels.ts'
import { budgetsDiffer, mayGateInParts, type Plan } from '../plan/plan.ts'
import { fewTokens, fewTokensBytes } from '../kernels/few_tokens.ts'
import { mostEvicting } from '../kernels/most_evicting.ts'

export type KernelSet = Awaited<ReturnType<typeof compileKernels>>

/** Throws LongtabError `does-not-fit` when the device has too little workgroup memory. */
export function compileKernels(compiler: Compiler, plan: Plan, variants: Variants = portable) {
  const { device, compile, track } = compiler
  const { model, settings } = plan
  const shape = shapeOf(model)
  const layers = model.tensors.layers
  const isPostNormed = layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const evicting = { KV_HEADS: mostEvicting(model) }
  const evicts = settings.policy.name !== 'full'
  const largest = largestTile(plan)
  const { cache } = settings.storage
  const tile = attendTile(model.headSize, device.limits.maxComputeWorkgroupStorageSize, cache)
  const products = productsOf(plan)
  const GELU = model.activation === 'gelu' ? 1 : 0

  return awaitAll({
    embed: track(compileEmbed(device, products.embedding)),
    rmsNormInto: compile(rmsNorm, { ADDS: 0 }),
    rmsNormOnto: when(isPostNormed, rmsNorm, () => compile(rmsNorm, { ADDS: 1 })),
    rmsNormHeads: track(compileHeadNorms(compiler, model)),
    matmulInto: track(compileMatmuls(device, products.rows.into, 'into', largest, variants.matmul)),
    matmulOnto: track(compileMatmuls(device, products.rows.onto, 'onto', largest, variants.matmul)),
    gatedMatmul: track(compileGatedMatmuls(device, products.gated, GELU, largest, variants.matmul)),
    /** of one token */
    matvecs: track(compileMatvecs(device, products, GELU, 1, variants.matvec)),
    /** of a few tokens at once, which answers ask for when drafts pay; undefined where they don't fit the device */
    fewMatvecs:
      device.limits.maxComputeWorkgroupStorageSize < fewTokensBytes
        ? undefined
        : later(() => compileMatvecs(device, products, GELU, fewTokens, variants.matvec)),
    shortConvolution: when(hasConvolutions(model), shortConvolution, () =>
      compile(shortConvolution, { TAPS: model.convolutionTaps, RING: ringTokens(model) }),
    ),
    append: compile(append[settings.storage.cache], shape),
    turnKeys: compile(turnKeys[settings.storage.cache], shape),
    attendChunk: compile(attendChunk[tile.cell][cache], { ...shape, ...tile }),
    tile,
    joinSpans: when(budgetsDiffer(plan), joinSpans, () => compile(joinSpans, shape)),
    attendToken: compile(attendToken[settings.storage.cache], shape),
    attendMerge: compile(attendMerge[settings.storage.cache], shape),
    gate: when(mayGateInParts(plan), gate, () => compile(gate, { GELU })),
    select: when(evicts, select, () => compile(select, evicting)),
    listSurvivors: when(evicts, listSurvivors, () => compile(listSurvivors, evicting)),
    compact: when(evicts, compact[settings.storage.cache], () =>
      compile(compact[settings.storage.cache], shape),
    ),
    capLogits: when(model.logitCap !== undefined, capLogits, () => compile(capLogits, {})),
    noteBadNumbers: compile(noteBadNumbers, {}),
    argmax: compile(argmax, {}),
    maskLogits: () => compileNow(device, maskLogits, {}), // compiled for the first answer that is held to JSON
    sampleToken: () => compileNow(device, sampleToken, {}), // compiled for the first answer that samples
  })
}

/** Layers are alike in how they norm heads. */
async function compileHeadNorms({ compile }: Compiler, model: ModelDescription) {
  const [named] = model.tensors.layers.flatMap((layer) => ('qkv' in layer && layer.headNorms) || [])
  const norms = headNormsOf(model, named ?? { over: 'each head' })
  const kernel = await when(named !== undefined, rmsNormHeads, () =>
    compile(rmsNormHeads, headNormConstants(norms)),
  )
  return { kernel, count: norms.queryNorms + norms.keyNorms }
}

/** Kernels that are compiled from when they are first asked for. */
export interface Later<K> {
  /** undefined as long as they are not compiled, also where they cannot be */
  now(): K | undefined
  /** The same, once they are. */
  compiled(): Promise<K>
}

function later<K>(compileAll: () => Promise<K>): Later<K> {
  let compiling: Promise<K> | undefined
  let done: K | undefined
  const compiled = (): Promise<K> =>
    (compiling ??= compileAll().then((kernels) => (done = kernels)))
  return {
    compiled,
    now() {
      if (compiling === undefined) compiled().catch(() => undefined) // an answer is the same without them
      return done
    },
  }
}

function when<K>(
  isUsed: boolean,
  { name }: AnyKernel,
  compiled: () => Promise<K>,
): Promise<K | LeftOut> {
  return isUsed ? compiled() : Promise.resolve(leftOut(name))
}

/** Constants that most kernels of a layer have in common. */
export function shapeOf({ heads, kvHeads, headSize }: ModelDescription) {
  return { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
}
