// The policies by name.
import type { PolicyName } from '../engine/settings.ts'
import { full } from './full.ts'
import { locret } from './locret.ts'
import type { Policy } from './policy.ts'
import { random } from './random.ts'
import { streaming } from './streaming.ts'

export const policies: Readonly<Record<PolicyName, Policy>> = { full, locret, streaming, random }
