// The rules that settings must obey, together and with the model and the files beside it.
import { LongtabError } from '../api/errors.ts'
import type { CacheStorage, Settings } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Shares } from '../model/retaining_heads.ts'
import { budgetsOf } from './allocation.ts'
import { mergedSlots, requireMergeable } from './merging_shape.ts'
import { needs, policyTraits } from '../api/policies.ts'

/** Neighbours on either side that the lanes of pool.wgsl can carry from tile to tile. */
export const mostPooled = 256

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
  for (const name of ['budget', 'chunk', 'tail'] as const) requireInteger(name, settings[name], 1)
  for (const name of ['stabilizers', 'sinks', 'burst', 'pool', 'local', 'seed'] as const)
    requireInteger(name, settings[name], 0)
  if (settings.stabilizers >= settings.budget && settings.policy !== 'full') {
    throw new LongtabError(
      'bad-setting',
      `stabilizers ${settings.stabilizers} must be fewer than the budget ${settings.budget}; lower the stabilizers or raise the budget`,
    )
  }
  if (settings.stabilizers + settings.sinks >= settings.budget && settings.policy !== 'full') {
    throw new LongtabError(
      'bad-setting',
      `sinks ${settings.sinks} and stabilizers ${settings.stabilizers} together must be fewer than the budget ${settings.budget}; lower one of them or raise the budget`,
    )
  }
  if (!(settings.keptShare > 0 && settings.keptShare <= 1)) {
    throw new LongtabError(
      'bad-setting',
      `the kept share must be above 0 and at most 1, not ${settings.keptShare}`,
    )
  }
  const merged = mergedSlots(settings)
  const budgets = budgetsOf(settings, model, shares)
  requireAlike(settings, budgets)
  const least = Math.min(...budgets.flat())
  if (merged > 0 && merged + settings.stabilizers + settings.sinks >= least) {
    throw new LongtabError(
      'bad-setting',
      `${merged} merged slots, ${settings.stabilizers} stabilizers and ${settings.sinks} sinks leave no place in the smallest KV head's budget of ${least}; raise the budget or merge into fewer slots`,
    )
  }
  if (settings.local > settings.chunk + settings.tail - 1) {
    throw new LongtabError(
      'bad-setting',
      `local ${settings.local} must be less than chunk + tail, ${settings.chunk} + ${settings.tail}, where it stays; raise the tail or lower local`,
    )
  }
  if (settings.pool > mostPooled) {
    throw new LongtabError(
      'bad-setting',
      `pool must be at most ${mostPooled}, not ${settings.pool}; APB has 2`,
    )
  }
  if (settings.pool > 0 && !needs(settings.policy, 'retaining heads')) {
    throw new LongtabError(
      'bad-setting',
      `pool ${settings.pool} is of the scores of retaining heads, which policy ${settings.policy} does not ask; leave it out or choose policy locret`,
    )
  }
  requireStorable(settings.cache, model)
  if (merged > 0) requireMergeable(settings)
  if (needs(settings.policy, 'retaining heads') && !hasHeads) {
    throw new LongtabError(
      'bad-setting',
      `policy ${settings.policy} needs retaining heads and this model came with none; name a heads file or choose policy streaming`,
    )
  }
}

/** A policy that chooses the same tokens for all KV heads of a layer has no use for different budgets. */
function requireAlike(
  { policy, allocation }: Settings,
  budgets: readonly (readonly number[])[],
): void {
  if (!policyTraits[policy].alike) return
  for (const [layer, heads] of budgets.entries()) {
    const [least, most] = [Math.min(...heads), Math.max(...heads)]
    if (least === most) continue
    throw new LongtabError(
      'bad-setting',
      `policy ${policy} keeps the same tokens in all KV heads of a layer, and allocation ${allocation} gives those of layer ${layer} from ${least} to ${most} units; choose allocation even or pyramid`,
    )
  }
}

/** Codes come eight to a word or two, and nothing pads them: a value that is not there would count for the range. */
function requireStorable(cache: CacheStorage, { headSize }: ModelDescription): void {
  if (cache === 'f32' || cache === 'f16' || headSize % 8 === 0) return
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
