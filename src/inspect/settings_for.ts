// The settings that a model would be read with, and what that takes, from what the user touched.
import type { Settings } from '../api/settings.ts'
import { requireMergedSlots } from '../model/compressor.ts'
import { mergedSlots } from '../plan/merging_shape.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import type { Candidate } from './candidate.ts'

type Read = Pick<Candidate, 'description' | 'heads' | 'compressor'>

/** Throws LongtabError `bad-setting` or `bad-file` when they do not work together, or with the files beside the model. */
export function settingsFor(
  { description, heads, compressor }: Read,
  overrides: Partial<Settings>,
): Settings {
  const settings = resolveSettings(overrides, description, { heads, compressor })
  const merged = mergedSlots(settings)
  if (compressor && merged > 0) requireMergedSlots(compressor, description, merged)
  return settings
}

/** Buffers and bytes, before anything is allocated. */
export function planFor({ description, heads, compressor }: Read, settings: Settings): Plan {
  return makePlan(description, settings, heads?.width ?? 0, compressor?.taps, heads?.shares)
}
