// The policies by name.
import type { PolicyName } from '../engine/policy_traits.ts'
import { full } from './full.ts'
import { locret } from './locret.ts'
import { newest } from './newest.ts'
import type { Policy } from './policy.ts'
import { random } from './random.ts'

export const policies: Readonly<Record<PolicyName, Policy>> = {
  locret,
  streaming: newest,
  window: newest,
  random,
  full,
}
