// What the user chose in the settings form, as it goes to the engine, and the settings that it leads to there.
import {
  needs,
  policyWithoutHeads,
  settingsFor,
  type Candidate,
  type Settings,
} from '../../index.ts'

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

export type Overrides = { readonly [Name in Shown]?: Settings[Name] | undefined }

/** Throws LongtabError when the overrides do not work together, or with the files beside the model. */
export function settleFor(candidate: Candidate, overrides: Overrides): Settings {
  return settingsFor(candidate, overridesFor(candidate, overrides))
}

/** Only what is overrides. */
export function overridesFor({ heads }: Candidate, overrides: Overrides): Partial<Settings> {
  const merges = overrides.policy !== undefined && needs(overrides.policy, 'compressor')
  // a field that is not shown overrides nothing
  const asked: Overrides = merges
    ? overrides
    : { ...overrides, keptShare: undefined, burst: undefined }
  // heads that the user removed are not to be found again
  const policy = asked.policy ?? (heads === undefined ? policyWithoutHeads : undefined)
  const entries = Object.entries({ ...asked, policy }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}
