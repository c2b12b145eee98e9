// Every kernel that an engine uses, compiled for one model and policy: all at once, in parallel, while the weights download.
// What neither of the two asks for is left out, as compiling is a large part of loading. Those of merging are in merging.ts.
import { compile, leftOut, type AnyKernel, type LeftOut } from '../gpu/kernel.ts'
import type { Gpu } from '../gpu/device.ts'
import { append } from '../kernels/append.ts'
import { attendChunk, attendTile, type AttendTile } from '../kernels/attend_chunk.ts'
import { attendMerge } from '../kernels/attend_merge.ts'
import { attendToken } from '../kernels/attend_token.ts'
import { bias } from '../kernels/bias.ts'
import { capLogits } from '../kernels/cap_logits.ts'
import { choose } from '../kernels/choose.ts'
import { chooseGreedy } from '../kernels/choose_greedy.ts'
import { columnMeasure, columnSide, columnStats } from '../kernels/column_stats.ts'
import { compact } from '../kernels/compact.ts'
import { embed } from '../kernels/embed.ts'
import { gate } from '../kernels/gate.ts'
import { joinSpans } from '../kernels/join_spans.ts'
import { keyDifference } from '../kernels/key_difference.ts'
import { keyNorm } from '../kernels/key_norm.ts'
import { levelHeads } from '../kernels/level_heads.ts'
import { listKept } from '../kernels/list_kept.ts'
import { norm } from '../kernels/norm.ts'
import { normHeads } from '../kernels/norm_heads.ts'
import { pool } from '../kernels/pool.ts'
import { projectChunk, projectChunkSide, type TileSide } from '../kernels/project_chunk.ts'
import { projectGated } from '../kernels/project_gated.ts'
import { projectNormed } from '../kernels/project_normed.ts'
import { projectToken, rowLanes } from '../kernels/project_token.ts'
import { runningMean } from '../kernels/running_mean.ts'
import { score } from '../kernels/score.ts'
import { scoreRandom } from '../kernels/score_random.ts'
import { select } from '../kernels/select.ts'
import { shareScores } from '../kernels/share_scores.ts'
import { surprisal } from '../kernels/surprisal.ts'
import type { WeightStorage, PolicyName, Settings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { qkvWidth } from './layer.ts'
import { budgetsDiffer, widestOuts, type Plan } from '../plan/plan.ts'
import { needs } from '../plan/policy_traits.ts'

export type KernelSet = Awaited<ReturnType<typeof compileKernels>>

/**
 * Throws LongtabError `does-not-fit` when the device has too little workgroup memory.
 * @param onDone called after each kernel with how many are compiled, of how many
 */
export async function compileKernels(
  { device }: Pick<Gpu, 'device'>,
  plan: Plan,
  onDone: (done: number, total: number) => void,
) {
  const { model, settings } = plan
  const shape = shapeOf(model)
  const layers = model.tensors.layers
  const isPostNormed = layers.some(({ attentionPostNorm }) => attentionPostNorm)
  const hasHeads = needs(settings.policy, 'retaining heads')
  const used = (by: PolicyName) => settings.policy === by
  const evicts = !used('full')
  const largest = projectChunkSide(widestOuts(plan), plan.longestBlock)
  const tile: AttendTile = attendTile(model.headSize, device.limits.maxComputeWorkgroupStorageSize)
  const ROW_LANES = rowLanes(model.hidden, settings.weights)
  const tokenRows = tokenRowsOf(model, isPostNormed, hasHeads)
  const GELU = model.activation === 'gelu' ? 1 : 0
  const compiling = {
    embed: compile(device, embed[settings.weights], {}),
    normInto: compile(device, norm, { ADDS: 0 }),
    normOnto: when(isPostNormed, norm, () => compile(device, norm, { ADDS: 1 })),
    normHeads: when(
      layers.some(({ headNorms }) => headNorms),
      normHeads,
      () => compile(device, normHeads, shape),
    ),
    bias: when(
      layers.some(({ qkvBias }) => qkvBias),
      bias,
      () => compile(device, bias, {}),
    ),
    projectChunkInto: compileProjectChunk(device, settings.weights, 0, largest),
    projectChunkOnto: compileProjectChunk(device, settings.weights, 1, largest),
    projectTokenInto: compileByLanes(device, settings.weights, 0, tokenRows.into),
    projectTokenOnto: compileByLanes(device, settings.weights, 1, tokenRows.onto),
    projectNormed: compile(device, projectNormed[settings.weights], { ROW_LANES }),
    projectGated: compile(device, projectGated[settings.weights], { ROW_LANES, GELU }),
    append: compile(device, append[settings.cache], shape),
    attendChunk: compile(device, attendChunk[settings.cache], { ...shape, ...tile }),
    joinSpans: when(budgetsDiffer(plan), joinSpans, () => compile(device, joinSpans, shape)),
    attendToken: compile(device, attendToken[settings.cache], shape),
    attendMerge: compile(device, attendMerge[settings.cache], shape),
    gate: compile(device, gate, { GELU }),
    score: when(hasHeads, score, () => compile(device, score, shape)),
    scoreRandom: when(used('random'), scoreRandom, () => compile(device, scoreRandom, shape)),
    keyNorm: when(used('knorm'), keyNorm[settings.cache], () =>
      compile(device, keyNorm[settings.cache], shape),
    ),
    keyDifference: when(used('keydiff'), keyDifference[settings.cache], () =>
      compile(device, keyDifference[settings.cache], shape),
    ),
    attentionSums: compileAttentionSums(device, model, settings),
    runningMean: when(used('h2o'), runningMean, () => compile(device, runningMean, shape)),
    // SnapKV's kernel of five
    averagePool: when(used('snapkv'), pool, () =>
      compile(device, pool, { ...shape, REACH: 2, HIGHEST: 0 }),
    ),
    maxPool: when(settings.pool > 0, pool, () =>
      compile(device, pool, { ...shape, REACH: settings.pool, HIGHEST: 1 }),
    ),
    levelHeads: when(used('tova'), levelHeads, () => compile(device, levelHeads, shape)),
    surprisal: when(used('sirllm'), surprisal, () => compile(device, surprisal, {})),
    shareScores: when(used('sirllm'), shareScores, () => compile(device, shareScores, shape)),
    select: when(evicts, select, () => compile(device, select, shape)),
    listKept: when(evicts, listKept, () => compile(device, listKept, shape)),
    compact: when(evicts, compact[settings.cache], () =>
      compile(device, compact[settings.cache], shape),
    ),
    capLogits: when(model.logitCap !== undefined, capLogits, () => compile(device, capLogits, {})),
    chooseGreedy: compile(device, chooseGreedy, {}),
  }
  const promises = Object.values(compiling)
  let done = 0
  const ignore = () => undefined // Promise.all below reports it
  for (const promise of promises) promise.then(() => onDone(++done, promises.length), ignore)
  await Promise.all(promises)
  return {
    tile,
    embed: await compiling.embed,
    normInto: await compiling.normInto,
    normOnto: await compiling.normOnto,
    normHeads: await compiling.normHeads,
    bias: await compiling.bias,
    projectChunkInto: await compiling.projectChunkInto,
    projectChunkOnto: await compiling.projectChunkOnto,
    projectTokenInto: await compiling.projectTokenInto,
    projectTokenOnto: await compiling.projectTokenOnto,
    projectNormed: await compiling.projectNormed,
    projectGated: await compiling.projectGated,
    append: await compiling.append,
    attendChunk: await compiling.attendChunk,
    joinSpans: await compiling.joinSpans,
    attendToken: await compiling.attendToken,
    attendMerge: await compiling.attendMerge,
    gate: await compiling.gate,
    score: await compiling.score,
    scoreRandom: await compiling.scoreRandom,
    keyNorm: await compiling.keyNorm,
    keyDifference: await compiling.keyDifference,
    attentionSums: await compiling.attentionSums,
    runningMean: await compiling.runningMean,
    averagePool: await compiling.averagePool,
    maxPool: await compiling.maxPool,
    levelHeads: await compiling.levelHeads,
    surprisal: await compiling.surprisal,
    shareScores: await compiling.shareScores,
    select: await compiling.select,
    listKept: await compiling.listKept,
    compact: await compiling.compact,
    capLogits: await compiling.capLogits,
    choose: () => compile(device, choose, {}), // by the first answer that draws
    chooseGreedy: await compiling.chooseGreedy,
  }
}

function when<K>(
  isUsed: boolean,
  { name }: AnyKernel,
  compiled: () => Promise<K>,
): Promise<K | LeftOut> {
  return isUsed ? compiled() : Promise.resolve(leftOut(name))
}

/** By the side of the tile. The large one is left out, as it takes long to compile, where `largest` is the small one. */
export async function compileProjectChunk(
  device: GPUDevice,
  weights: WeightStorage,
  ADDS: 0 | 1,
  largest: TileSide,
) {
  const compiled = (SIDE: TileSide) => compile(device, projectChunk[weights], { ADDS, SIDE })
  const large = largest === 128 ? compiled(128) : undefined
  const [small, ifLarge] = await Promise.all([compiled(64), large])
  return { 64: small, 128: ifLarge }
}

/** project_token for matrix rows of these lengths, by the lanes that share them. */
export async function compileByLanes(
  device: GPUDevice,
  storage: WeightStorage,
  ADDS: 0 | 1,
  rows: readonly number[],
) {
  const lanes = [...new Set(rows.map((ins) => rowLanes(ins, storage)))]
  const kernels = lanes.map((ROW_LANES) =>
    compile(device, projectToken[storage], { ADDS, ROW_LANES }),
  )
  return new Map((await Promise.all(kernels)).map((kernel, i) => [lanes[i], kernel]))
}

/** Lengths of the matrix rows that project_token meets, by what becomes of the product. */
function tokenRowsOf(model: ModelDescription, isPostNormed: boolean, hasHeads: boolean) {
  const { hidden, heads, headSize, feedForward } = model
  const intoResidual = [heads * headSize, feedForward] // attention output and down
  const into = [hidden] // the logits
  if (hasHeads) into.push(qkvWidth(model))
  return isPostNormed
    ? { into: [...into, ...intoResidual], onto: [] }
    : { into, onto: intoResidual }
}

/** Only for policies that need it: its smallest tile takes more workgroup memory than attention's. */
async function compileAttentionSums(
  device: GPUDevice,
  model: ModelDescription,
  { cache, policy }: Pick<Settings, 'cache' | 'policy'>,
) {
  if (!needs(policy, 'attention sums')) return undefined
  const side = columnSide(model.headSize, device.limits.maxComputeWorkgroupStorageSize)
  const constants = { ...shapeOf(model), SIDE: side, MEASURE: columnMeasure.sumOfShares }
  return { kernel: await compile(device, columnStats[cache], constants), side }
}

function shapeOf({ heads, kvHeads, headSize }: ModelDescription) {
  return { HEADS: heads, KV_HEADS: kvHeads, HEAD_SIZE: headSize }
}
