// What the user chose in the settings form, as it goes to the engine, and the settings that it leads to there.
import {
  needs,
  policyWithoutHeads,
  settingsFor,
  suitedTo,
  type Candidate,
  type Chosen,
  type PolicyName,
  type PolicySettings,
  type SettingOverrides,
  type Settings,
  type StorageSettings,
} from '../../index.ts'

/** Settings that have a field in the form, by its name. */
export interface Fields
  extends
    Pick<Settings, 'budget' | 'burst' | 'chunk' | 'positions' | 'recall'>,
    Required<Pick<PolicySettings, 'stabilizers' | 'keptShare'>>,
    StorageSettings {
  readonly policy: PolicyName
}

export type ChosenFields = Chosen<Fields>

/** What the form shows of the settings. */
export function fieldsOf({ policy, storage, ...room }: Settings): Fields {
  const { name, stabilizers, keptShare = 1 } = policy
  return { ...room, policy: name, stabilizers, keptShare, ...storage }
}

/** Throws LongtabError when the fields do not work together, or with the files beside the model. */
export function resolveFor(candidate: Candidate, chosen: ChosenFields): Settings {
  return settingsFor(candidate, overridesFor(candidate, chosen))
}

/** Only what was chosen. */
export function overridesFor(candidate: Candidate, chosen: ChosenFields): SettingOverrides {
  const { policy, budget, chunk, positions, recall, stabilizers, weights, cache } = chosen
  // a field that is not shown overrides nothing
  const merges = policy !== undefined && needs(policy, 'compressor')
  const { burst, keptShare }: ChosenFields = merges ? chosen : {}
  // heads that the user removed are not to be found again
  const name = policy ?? (candidate.heads === undefined ? policyWithoutHeads : undefined)
  const overrides = {
    ...{ budget, burst, chunk, positions },
    policy: { name, stabilizers, keptShare },
    storage: { weights, cache },
  }
  return { ...overrides, recall: recall ?? suitedTo(candidate, overrides).recall }
}
