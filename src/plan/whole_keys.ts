// What takes keys as they are cached, which where norms weigh turned heads are without the weights of their norm.
import { LongtabError } from '../api/errors.ts'
import type { ModelDescription } from '../api/description.ts'
import { needs, type PolicyName } from '../api/policies.ts'

/** Throws LongtabError `bad-setting`: such a policy would measure or merge other keys than attention sees. */
export function requireWholeKeys(policy: PolicyName, model: ModelDescription): void {
  if (!needs(policy, 'whole keys') || !weighsTurnedHeads(model)) return
  throw new LongtabError(
    'bad-setting',
    `policy ${policy} takes keys as they are cached, and keys of this ${model.family} model get the weights of their norm only in attention; choose policy streaming`,
  )
}

function weighsTurnedHeads({ tensors }: ModelDescription): boolean {
  return tensors.layers.some((layer) => 'qkv' in layer && layer.headNorms?.weigh === 'turned heads')
}
