// What stands below the list of policies: what those that cannot be chosen lack, and what merging would cost.
import { mergingCost, needs, type PolicyName, type Settings, type Candidate } from '../../index.ts'
import * as texts from './texts.ts'

type Companions = Pick<Candidate, 'description' | 'heads' | 'compressor'>

/** Whether the policy needs a file that this model comes without. */
export function lacksFile({ heads, compressor }: Companions, policy: PolicyName): boolean {
  return (
    (heads === undefined && needs(policy, 'retaining heads')) ||
    (compressor === undefined && needs(policy, 'compressor'))
  )
}

/** @param settings undefined while they cannot work together */
export function policyNote(
  { description, heads, compressor }: Companions,
  settings: Pick<Settings, 'budget' | 'chunk' | 'burst'> | undefined,
): string {
  const sentences: string[] = []
  if (heads === undefined) {
    sentences.push(texts.headsMissing)
  }
  if (compressor === undefined) sentences.push(texts.compressorMissing)
  else if (settings !== undefined) {
    const { perToken, modelPerToken, bytes } = mergingCost(description, compressor, settings)
    sentences.push(texts.mergingCost(perToken, modelPerToken, bytes))
  }
  return sentences.join(' ')
}
