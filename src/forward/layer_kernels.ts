// The kernels whose code depends on the heads of a layer. Layers with the same heads have the same kernels.
import type { LayerKind, ModelDescription } from '../api/description.ts'
import { append } from '../kernels/append.ts'
import { attendChunk, attendTile } from '../kernels/attend_chunk.ts'
import { attendMerge } from '../kernels/attend_merge.ts'
import { attendToken, partOfGroup } from '../kernels/attend_token.ts'
import { compact } from '../kernels/compact.ts'
import { joinSpans } from '../kernels/join_spans.ts'
import { headNormConstants, rmsNormHeads } from '../kernels/rms_norm_heads.ts'
import { turnKeys } from '../kernels/turn_keys.ts'
import { headNormsOf, normsOfRow } from '../model/head_norms.ts'
import { inLayer } from '../model/layer_shape.ts'
import { budgetsDiffer } from '../plan/allocation.ts'
import type { Plan } from '../plan/plan.ts'
import { awaitAll, type Compiler } from './compiler.ts'
import { when } from './when.ts'

export type LayerKernels = Awaited<ReturnType<typeof compileFor>>

/** Constants that most kernels of a layer have in common. */
export function shapeOf({ heads, kvHeads, headSize }: ModelDescription) {
  return { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
}

/** Throws LongtabError `does-not-fit` when the device has too little workgroup memory. */
export function compileLayerKernels(
  compiler: Compiler,
  plan: Plan,
): Promise<readonly LayerKernels[]> {
  const byShape = new Map<string, Promise<LayerKernels>>()
  const ofLayers = plan.model.kinds.map((kind, layer) => {
    const { heads, kvHeads, headSize } = inLayer(plan.model, layer)
    const key = `${kind} ${heads} ${kvHeads} ${headSize}`
    const kernels = byShape.get(key) ?? compileFor(compiler, plan, layer, kind)
    byShape.set(key, kernels)
    return kernels
  })
  return Promise.all(ofLayers)
}

function compileFor(compiler: Compiler, plan: Plan, layer: number, kind: LayerKind) {
  const { device, compile, track } = compiler
  const { cache } = plan.settings.storage
  const model = inLayer(plan.model, layer)
  const shape = shapeOf(model)
  const { heads, kvHeads, headSize } = model
  const allowed = device.limits.maxComputeWorkgroupStorageSize
  const tile = attendTile(headSize, allowed, cache)
  const part = partOfGroup(heads / kvHeads, headSize, allowed, cache)
  const isAttention = kind === 'attention' || kind === 'shared attention'
  const hasCache = kind === 'attention'
  const evicts = plan.settings.policy.name !== 'full'
  const APPENDS = hasCache ? 1 : 0
  return awaitAll({
    rmsNormHeads: track(compileHeadNorms(compiler, plan.model, layer)),
    append: when(hasCache, append[cache], () => compile(append[cache], shape)),
    turnKeys: when(isAttention, turnKeys[cache], () => compile(turnKeys[cache], shape)),
    attendChunk: when(isAttention, attendChunk[tile.cell][cache], () =>
      compile(attendChunk[tile.cell][cache], { ...shape, ...tile }),
    ),
    tile,
    joinSpans: when(isAttention && budgetsDiffer(plan), joinSpans, () => compile(joinSpans, shape)),
    attendToken: when(isAttention, attendToken[cache], () =>
      compile(attendToken[cache], { ...shape, APPENDS, PART: part }),
    ),
    /** workgroups that the query heads of a KV head are dealt out to there */
    parts: heads / kvHeads / part,
    attendMerge: when(isAttention, attendMerge[cache], () => compile(attendMerge[cache], shape)),
    compact: when(hasCache && evicts, compact[cache], () => compile(compact[cache], shape)),
  })
}

async function compileHeadNorms({ compile }: Compiler, model: ModelDescription, layer: number) {
  const names = model.tensors.layers[layer]
  const named = names && 'qkv' in names ? names.headNorms : undefined
  const norms = headNormsOf(inLayer(model, layer), named ?? { over: 'each head' })
  const kernel = await when(named !== undefined, rmsNormHeads, () =>
    compile(rmsNormHeads, headNormConstants(norms)),
  )
  return { kernel, count: normsOfRow(norms) }
}
