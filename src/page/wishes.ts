// What the user chose in the settings form, as it goes to the engine, and the settings that it leads to there.
import type { Settings } from '../api/settings.ts'
import { mergedSlots } from '../plan/merging_shape.ts'
import { needs } from '../plan/policy_traits.ts'
import { policyWithoutHeads, resolveSettings } from '../plan/settings.ts'
import { requireMergedSlots } from '../model/compressor.ts'
import type { Candidate } from './model_source.ts'

/** Settings that have a field in the form. */
export type Shown =
  | 'policy'
  | 'budget'
  | 'chunk'
  | 'stabilizers'
  | 'keptShare'
  | 'burst'
  | 'positions'
  | 'weights'
  | 'cache'

export type Wishes = { readonly [Name in Shown]?: Settings[Name] | undefined }

/** Throws LongtabError when the wishes do not work together, or with the files beside the model. */
export function settleFor(candidate: Candidate, wished: Wishes): Settings {
  const { description, heads, compressor } = candidate
  const settings = resolveSettings(wishesFor(candidate, wished), description, { heads, compressor })
  const merged = mergedSlots(settings)
  if (compressor && merged > 0) requireMergedSlots(compressor, description, merged)
  return settings
}

/** Only what is wished. */
export function wishesFor({ heads }: Candidate, wished: Wishes): Partial<Settings> {
  const merges = wished.policy !== undefined && needs(wished.policy, 'compressor')
  // a field that is not shown wishes nothing
  const asked: Wishes = merges ? wished : { ...wished, keptShare: undefined, burst: undefined }
  // heads that the user removed are not to be found again
  const policy = asked.policy ?? (heads === undefined ? policyWithoutHeads : undefined)
  const entries = Object.entries({ ...asked, policy }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}
