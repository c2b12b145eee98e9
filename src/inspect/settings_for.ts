// The settings that a model would be read with, and what that takes, from what the user touched.
import type { Settings, SettingOverrides } from '../api/settings.ts'
import { presetOf } from '../model/presets.ts'
import { requireMergedSlots } from '../model/compressor.ts'
import { mergedSlots } from '../plan/merging_shape.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import type { Candidate } from './candidate.ts'

type Read = Pick<Candidate, 'description' | 'heads' | 'compressor'>

/**
 * Resolves the settings that a candidate would be read with.
 * @param overrides the settings that were chosen; the others follow from model, heads and compressor
 * @throws LongtabError `bad-setting` when settings do not work together, `bad-file` when the compressor merges into other
 * slots than they leave.
 */
export function settingsFor(
  { description, heads, compressor }: Read,
  overrides: SettingOverrides,
): Settings {
  const settings = resolveSettings(overrides, description, { heads, compressor })
  const merged = mergedSlots(settings)
  if (compressor && merged > 0) requireMergedSlots(compressor, description, merged)
  return settings
}

/**
 * Says what suits a model where nobody chose: how a model in `presets` is best stored, and passages read again for each answer
 * where its slots have room for one. A demonstration shows what was kept and reads none again.
 * @param chosen what was chosen of the other settings; nothing by default
 * @throws Nothing.
 */
export function suitedTo(
  candidate: Candidate,
  chosen: SettingOverrides = {},
): Pick<SettingOverrides, 'storage' | 'recall'> {
  const { source, card } = candidate
  const preset = typeof source === 'string' ? presetOf(source) : undefined
  const weights = preset?.weights
  const storage = weights === undefined ? {} : { storage: { weights } }
  return card?.demonstration !== true && hasRoomForPassages(candidate, chosen)
    ? { ...storage, recall: 'passages' }
    : storage
}

function hasRoomForPassages(candidate: Candidate, chosen: SettingOverrides): boolean {
  try {
    settingsFor(candidate, { ...chosen, recall: 'passages' })
    return true
  } catch {
    return false // whoever reads with this candidate is told what is wrong
  }
}

/**
 * Plans buffers and bytes, before anything is allocated.
 * @param settings resolved, as `settingsFor` gives them
 * @throws LongtabError `bad-setting` when the allocation needs shares and the heads' file has none.
 */
export function planFor({ description, heads, compressor }: Read, settings: Settings): Plan {
  return makePlan(description, settings, heads?.width ?? 0, compressor?.taps, heads?.shares)
}
