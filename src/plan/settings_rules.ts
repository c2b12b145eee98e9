// The rules that settings must obey, together and with the model and the files beside it.
import { LongtabError } from '../api/errors.ts'
import type { CacheStorage, Chosen, Settings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { inLayers } from '../model/layer_shape.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { budgetsOf } from './allocation.ts'
import { mergedSlots, requireMergeable } from './merging_shape.ts'
import { usualLength } from './passage_room.ts'
import { requireAlikeLayers } from './unlike_layers.ts'
import { requireWholeKeys } from './whole_keys.ts'
import {
  needs,
  policyNames,
  policyTraits,
  type OwnSettings,
  type PolicyName,
} from '../api/policies.ts'

/** Neighbours on either side that the lanes of pool.wgsl can carry from tile to tile. */
export const mostPooled = 256

/** Throws LongtabError `bad-setting` for a setting that the policy does not read. */
export function requireOwn(policy: PolicyName, chosen: Chosen<OwnSettings>): void {
  const own = (name: PolicyName): OwnSettings => policyTraits[name].own ?? {}
  const settings = policyNames.flatMap((name) => Object.keys(own(name)) as (keyof OwnSettings)[])
  for (const setting of new Set(settings)) {
    if (chosen[setting] === undefined || own(policy)[setting] !== undefined) continue
    const readers = policyNames.filter((name) => own(name)[setting] !== undefined)
    throw new LongtabError(
      'bad-setting',
      `${setting} ${chosen[setting]} applies only to ${readers.join(' and ')}, and the policy is ${policy}; leave it out or choose policy ${readers[0]}`,
    )
  }
}

/**
 * Throws LongtabError `bad-setting` where passages are not what is recalled, or so many have no room.
 * @param most passages that fit
 */
export function requireReread(
  { recall, budget, burst, chunk }: Settings,
  chosen: number | undefined,
  most: number,
): void {
  if (recall !== 'passages') {
    if (chosen === undefined) return
    throw new LongtabError(
      'bad-setting',
      `reread ${chosen} is of passages, and recall ${recall} reads none again; leave it out or choose recall passages`,
    )
  }
  if (chosen !== undefined) requireInteger('reread', chosen, 1)
  const wanted = chosen ?? 1
  if (wanted <= most) return
  throw new LongtabError(
    'bad-setting',
    `reread ${wanted} takes passages of up to ${usualLength.most} tokens, and budget and chunk, ${budget + burst} + ${chunk} slots, have room for ${most} of them in the smallest KV head; raise the budget or the chunk, or ${most > 0 ? `lower reread to ${most}` : 'choose recall none'}`,
  )
}

/** Throws LongtabError `bad-setting` where no passage is read that an answer could be checked against. */
export function requireDoubt({ recall }: Settings, chosen: number | undefined): void {
  if (chosen === undefined) return
  if (!(chosen >= 0 && chosen < Infinity)) {
    throw new LongtabError(
      'bad-setting',
      `doubtBelow must be a number of at least 0, not ${chosen}`,
    )
  }
  if (chosen === 0 || recall === 'passages') return
  throw new LongtabError(
    'bad-setting',
    `doubtBelow ${chosen} is of answers from passages, and recall ${recall} reads none; leave it out or choose recall passages`,
  )
}

/**
 * Throws LongtabError `bad-setting`: one sentence for the first rule that is broken.
 * @param shares of the heads' file, where it has any
 */
export function requireValid(
  settings: Settings,
  model: ModelDescription,
  hasHeads: boolean,
  shares: Shares | undefined,
): void {
  const { budget, burst, chunk, tail, local, policy } = settings
  const { name, stabilizers, sinks, pool = 0, keptShare = 1, drawnShare = 0, seed = 0 } = policy
  for (const [setting, value] of Object.entries({ budget, chunk, tail }))
    requireInteger(setting, value, 1)
  for (const [setting, value] of Object.entries({ stabilizers, sinks, burst, pool, local, seed }))
    requireInteger(setting, value, 0)
  if (stabilizers >= budget && name !== 'full') {
    throw new LongtabError(
      'bad-setting',
      `stabilizers ${stabilizers} must be fewer than the budget ${budget}; lower the stabilizers or raise the budget`,
    )
  }
  if (stabilizers + sinks >= budget && name !== 'full') {
    throw new LongtabError(
      'bad-setting',
      `sinks ${sinks} and stabilizers ${stabilizers} together must be fewer than the budget ${budget}; lower one of them or raise the budget`,
    )
  }
  if (!(keptShare > 0 && keptShare <= 1)) {
    throw new LongtabError(
      'bad-setting',
      `the kept share must be above 0 and at most 1, not ${keptShare}`,
    )
  }
  if (!(drawnShare >= 0 && drawnShare <= 1)) {
    throw new LongtabError(
      'bad-setting',
      `the drawn share must be at least 0 and at most 1, not ${drawnShare}`,
    )
  }
  const merged = mergedSlots(settings)
  const budgets = budgetsOf(settings, model, shares)
  requireAlike(settings, budgets)
  const least = Math.min(...budgets.flat())
  if (merged > 0 && merged + stabilizers + sinks >= least) {
    throw new LongtabError(
      'bad-setting',
      `${merged} merged slots, ${stabilizers} stabilizers and ${sinks} sinks leave no place in the smallest KV head's budget of ${least}; raise the budget or merge into fewer slots`,
    )
  }
  if (local > chunk + tail - 1) {
    throw new LongtabError(
      'bad-setting',
      `local ${local} must be less than chunk + tail, ${chunk} + ${tail}, where it stays; raise the tail or lower local`,
    )
  }
  if (pool > mostPooled) {
    throw new LongtabError(
      'bad-setting',
      `pool must be at most ${mostPooled}, not ${pool}; APB has 2`,
    )
  }
  requireStorable(settings.storage.cache, model)
  requireAlikeLayers(settings, model)
  requireWholeKeys(name, model)
  requireMergeableLayers(name, model)
  if (merged > 0 || needs(name, 'plain rows')) requireMergeable(settings)
  if (needs(name, 'retaining heads') && !hasHeads) {
    throw new LongtabError(
      'bad-setting',
      `policy ${name} needs retaining heads and this model came with none; name a heads file or choose policy streaming`,
    )
  }
}

/** A policy that chooses the same tokens for all KV heads of a layer has no use for different budgets. */
function requireAlike(
  { policy, allocation }: Settings,
  budgets: readonly (readonly number[])[],
): void {
  if (!policyTraits[policy.name].alike) return
  for (const [layer, heads] of budgets.entries()) {
    const [least, most] = [Math.min(...heads), Math.max(...heads)]
    if (heads.length === 0 || least === most) continue
    throw new LongtabError(
      'bad-setting',
      `policy ${policy.name} keeps the same tokens in all KV heads of a layer, and allocation ${allocation} gives those of layer ${layer} from ${least} to ${most} units; choose allocation even or pyramid`,
    )
  }
}

/** A compressor has weights for every layer. */
function requireMergeableLayers(policy: PolicyName, model: ModelDescription): void {
  const attention = attentionLayers(model).length
  if (!needs(policy, 'compressor') || attention === model.layers) return
  throw new LongtabError(
    'bad-setting',
    `policy ${policy} merges units of all layers, and of this model's ${model.layers} layers only ${attention} have units; choose policy streaming`,
  )
}

/** Codes come eight to a word or two, and nothing pads them: a value that is not there would count for the range. */
function requireStorable(cache: CacheStorage, model: ModelDescription): void {
  if (cache === 'f32' || cache === 'f16') return
  const headSize = inLayers(model)
    .map((own) => own.headSize)
    .find((size) => size % 8 !== 0)
  if (headSize === undefined) return
  throw new LongtabError(
    'bad-setting',
    `a cache in ${cache} needs heads whose size is a multiple of 8, not ${headSize}; choose f16`,
  )
}

/** Throws LongtabError `bad-setting`. */
export function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new LongtabError(
    'bad-setting',
    `${name} must be a whole number of at least ${least}, not ${value}`,
  )
}
