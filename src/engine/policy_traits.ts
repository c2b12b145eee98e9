// What can be told of a policy without running it. Page and command line read this too, so no kernel is named here.

/** What the engine must load or compute for a policy. */
export type Need = 'retaining heads'

export interface PolicyTraits {
  readonly needs: readonly Need[]
  /** oldest units an eviction spares where the settings do not say: as the policy's source has it, or four */
  readonly sinks: number
  /** what is kept, for a list to choose from */
  readonly keeps: string
}

export const policyNames = ['locret', 'streaming', 'window', 'random', 'full'] as const

export type PolicyName = (typeof policyNames)[number]

export const policyTraits: Readonly<Record<PolicyName, PolicyTraits>> = {
  locret: {
    needs: ['retaining heads'],
    sinks: 0,
    keeps: 'what learned heads score highest (Locret)',
  },
  streaming: { needs: [], sinks: 4, keeps: 'the beginning and the newest' },
  window: { needs: [], sinks: 0, keeps: 'the newest' },
  random: { needs: [], sinks: 0, keeps: 'a random choice, to compare with' },
  full: { needs: [], sinks: 0, keeps: 'everything; memory grows' },
}

export function needs(policy: PolicyName, need: Need): boolean {
  return policyTraits[policy].needs.includes(need)
}
