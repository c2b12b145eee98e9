// Every kernel an engine uses, compiled for one model: all at once, in parallel, while the weights download.
import { compile } from '../gpu/kernel.ts'
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
import { keyDifference } from '../kernels/key_difference.ts'
import { keyNorm } from '../kernels/key_norm.ts'
import { levelHeads } from '../kernels/level_heads.ts'
import { norm } from '../kernels/norm.ts'
import { normHeads } from '../kernels/norm_heads.ts'
import { projectChunk } from '../kernels/project_chunk.ts'
import { projectToken } from '../kernels/project_token.ts'
import { runningMean } from '../kernels/running_mean.ts'
import { score } from '../kernels/score.ts'
import { scoreRandom } from '../kernels/score_random.ts'
import { select } from '../kernels/select.ts'
import { shareScores } from '../kernels/share_scores.ts'
import { smooth } from '../kernels/smooth.ts'
import { surprisal } from '../kernels/surprisal.ts'
import type { ModelDescription } from '../model/description.ts'
import type { Settings } from './settings.ts'

export type KernelSet = Awaited<ReturnType<typeof compileKernels>>

/**
 * @param stored how weights and cache rows are stored
 * @param onDone called after each kernel with how many are compiled, of how many
 */
export async function compileKernels(
  gpu: Gpu,
  model: ModelDescription,
  stored: Pick<Settings, 'weights' | 'cache'>,
  onDone: (done: number, total: number) => void,
) {
  const { device } = gpu
  const shape = { HEADS: model.heads, KV_HEADS: model.kvHeads, HEAD_SIZE: model.headSize }
  const workgroupBytes = device.limits.maxComputeWorkgroupStorageSize
  const tile: AttendTile = attendTile(model.headSize, workgroupBytes)
  const side = columnSide(model.headSize, workgroupBytes)
  const compiling = {
    embed: compile(device, embed[stored.weights], {}),
    normInto: compile(device, norm, { ADDS: 0 }),
    normOnto: compile(device, norm, { ADDS: 1 }),
    normHeads: compile(device, normHeads, shape),
    bias: compile(device, bias, {}),
    projectChunkInto: compile(device, projectChunk[stored.weights], { ADDS: 0 }),
    projectChunkOnto: compile(device, projectChunk[stored.weights], { ADDS: 1 }),
    projectTokenInto: compile(device, projectToken[stored.weights], { ADDS: 0 }),
    projectTokenOnto: compile(device, projectToken[stored.weights], { ADDS: 1 }),
    append: compile(device, append[stored.cache], shape),
    attendChunk: compile(device, attendChunk[stored.cache], { ...shape, ...tile }),
    attendToken: compile(device, attendToken[stored.cache], shape),
    attendMerge: compile(device, attendMerge, shape),
    gate: compile(device, gate, { GELU: model.activation === 'gelu' ? 1 : 0 }),
    score: compile(device, score, shape),
    scoreRandom: compile(device, scoreRandom, {}),
    keyNorm: compile(device, keyNorm[stored.cache], shape),
    keyDifference: compile(device, keyDifference[stored.cache], shape),
    sumAttention: compile(device, columnStats[stored.cache], {
      ...shape,
      SIDE: side,
      MEASURE: columnMeasure.sumOfShares,
    }),
    runningMean: compile(device, runningMean, {}),
    smooth: compile(device, smooth, {}),
    levelHeads: compile(device, levelHeads, shape),
    surprisal: compile(device, surprisal, {}),
    shareScores: compile(device, shareScores, {}),
    select: compile(device, select, {}),
    compact: compile(device, compact[stored.cache], shape),
    capLogits: compile(device, capLogits, {}),
    choose: compile(device, choose, {}),
    chooseGreedy: compile(device, chooseGreedy, {}),
  }
  const promises = Object.values(compiling)
  let done = 0
  const ignore = () => undefined // Promise.all below reports it
  for (const promise of promises) promise.then(() => onDone(++done, promises.length), ignore)
  await Promise.all(promises)
  return {
    tile,
    side,
    embed: await compiling.embed,
    normInto: await compiling.normInto,
    normOnto: await compiling.normOnto,
    normHeads: await compiling.normHeads,
    bias: await compiling.bias,
    projectChunkInto: await compiling.projectChunkInto,
    projectChunkOnto: await compiling.projectChunkOnto,
    projectTokenInto: await compiling.projectTokenInto,
    projectTokenOnto: await compiling.projectTokenOnto,
    append: await compiling.append,
    attendChunk: await compiling.attendChunk,
    attendToken: await compiling.attendToken,
    attendMerge: await compiling.attendMerge,
    gate: await compiling.gate,
    score: await compiling.score,
    scoreRandom: await compiling.scoreRandom,
    keyNorm: await compiling.keyNorm,
    keyDifference: await compiling.keyDifference,
    sumAttention: await compiling.sumAttention,
    runningMean: await compiling.runningMean,
    smooth: await compiling.smooth,
    levelHeads: await compiling.levelHeads,
    surprisal: await compiling.surprisal,
    shareScores: await compiling.shareScores,
    select: await compiling.select,
    compact: await compiling.compact,
    capLogits: await compiling.capLogits,
    choose: await compiling.choose,
    chooseGreedy: await compiling.chooseGreedy,
  }
}
