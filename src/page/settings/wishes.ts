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

export type Wishes = { readonly [Name in Shown]?: Settings[Name] | undefined }

/** Throws LongtabError when the wishes do not work together, or with the files beside the model. */
export function settleFor(candidate: Candidate, wished: Wishes): Settings {
  return settingsFor(candidate, wishesFor(candidate, wished))
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
