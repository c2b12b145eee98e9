// Blocks, slots and bytes of a training, decided before anything is allocated.
import { cacheBytes, inEveryHead, mostSlots } from '../plan/cache_bytes.ts'
import { bytesOfPlan, makePlan, type Plan } from '../plan/plan.ts'
import { slotKeyBytes } from '../plan/buffer_fit.ts'
import { resolveSettings } from '../plan/settings.ts'
import { LongtabError } from '../api/errors.ts'
import type { Memory } from '../api/progress.ts'
import { ceilDiv } from '../gpu/kernel.ts'
import { bufferBytes, needsButAllows } from '../gpu/memory.ts'
import type { SettingOverrides, WeightStorage } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import type { TrainingSettings } from '../api/training.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { padded } from '../model/matrix.ts'
import { headCounts, inputWidth } from './head_shape.ts'

export interface TrainingBlocks {
  readonly contextBlocks: number
  readonly replyBlocks: number
}

/** A reply starts a new block. With the label `repeat` there is one reply: a request and the context again. */
export function blocksOf(
  { block }: Plan,
  { length, reply, questions, label }: TrainingSettings,
): TrainingBlocks {
  const contextBlocks = ceilDiv(length, block)
  const replyBlocks =
    label === 'repeat' ? ceilDiv(reply + length, block) : questions * ceilDiv(reply, block)
  return { contextBlocks, replyBlocks }
}

/** Bytes in addition to model weights and the engine's scratch: those of `allocateTraining`. */
function trainingBytes(plan: Plan, settings: TrainingSettings): Omit<Memory, 'peak'> {
  const { model, block } = plan
  const capacity = slotsOf(plan)
  const { contextBlocks, replyBlocks } = blocksOf(plan, settings)
  const layers = attentionLayers(model).length
  const counts = headCounts(model, settings.hidden)
  const residual = 4 * block * padded(model.hidden)
  const context = residual + 4 * block * (padded(inputWidth(model)) + padded(settings.hidden))
  return {
    weights: layers * 4 * 4 * (counts.fc1 + counts.fc2),
    cache: cacheBytes(model, [inEveryHead(model, capacity)], plan.settings.storage.cache),
    scratch:
      contextBlocks * context +
      replyBlocks * residual +
      2 * bufferBytes(4 * model.kvHeads * capacity) +
      bufferBytes(4 * settings.hidden) +
      bufferBytes(8 * layers * model.kvHeads),
  }
}

/** The plan of a training's passes: blocks do not grow, so scratch for longer ones is not needed. */
export function steadyPlan(plan: Plan): Plan {
  return { ...plan, longestBlock: plan.block }
}

/**
 * Counts the bytes that a training of heads takes on the GPU, all of them allocated before its first step.
 * @throws LongtabError `bad-setting` for settings that cannot be.
 */
export function estimateTrainingBytes(
  model: ModelDescription,
  settings: TrainingSettings,
  weights: WeightStorage,
): Omit<Memory, 'peak'> {
  const plan = steadyPlan(makePlan(model, resolveSettings(slotsFor(settings, weights), model), 0))
  const frozen = bytesOfPlan(plan)
  const training = trainingBytes(plan, settings)
  return {
    weights: frozen.weights + training.weights,
    cache: training.cache, // instead of the frozen model's own
    scratch: frozen.scratch + training.scratch,
  }
}

/**
 * Checks that the keys of context and reply fit in one buffer.
 * @param allowed bytes of the largest buffer that the device can bind
 * @throws LongtabError `does-not-fit`, naming the largest length that fits.
 */
export function requireTrainingFit(
  model: ModelDescription,
  training: TrainingSettings,
  weights: WeightStorage,
  allowed: number,
): void {
  const settings = resolveSettings(slotsFor(training, weights), model)
  const plan = makePlan(model, settings, 0)
  const needed = slotKeyBytes(plan) * slotsOf(plan)
  if (needed <= allowed) return
  const room = Math.floor(allowed / slotKeyBytes(plan)) - training.reply - settings.tail
  const length = training.label === 'repeat' ? Math.floor(room / 2) : room
  throw new LongtabError(
    'does-not-fit',
    `a training length of ${training.length} ${needsButAllows(needed, allowed)}; lower the length to ${Math.max(1, length)}`,
  )
}

/** The engine's settings for a training: one layer's slots hold the context and the longest reply. */
export function slotsFor(
  { length, reply, label }: TrainingSettings,
  weights: WeightStorage,
): SettingOverrides {
  const longest = label === 'repeat' ? reply + length : reply
  // a plan has budget + chunk + tail slots, and blocks no longer than its chunk
  const room = { budget: longest, chunk: length, tail: 1, local: 0 }
  return { ...room, policy: 'full', storage: { weights } }
}

/** Slots of the one layer, the same in every KV head. */
export function slotsOf({ capacities }: Plan): number {
  return mostSlots(capacities)
}
