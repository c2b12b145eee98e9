// The policies by name.
import type { PolicyName } from '../api/settings.ts'
import { full } from './full.ts'
import { h2o } from './h2o.ts'
import { keydiff } from './keydiff.ts'
import { knorm } from './knorm.ts'
import { lococo } from './lococo.ts'
import { locret } from './locret.ts'
import { locretLococo } from './locret_lococo.ts'
import { newest } from './newest.ts'
import type { Policy } from '../forward/policy.ts'
import { random } from './random.ts'
import { sirllm } from './sirllm.ts'
import { snapkv } from './snapkv.ts'
import { tova } from './tova.ts'

export const policies: Readonly<Record<PolicyName, Policy>> = {
  locret,
  streaming: newest,
  window: newest,
  knorm,
  keydiff,
  snapkv,
  h2o,
  tova,
  sirllm,
  lococo,
  'locret+lococo': locretLococo,
  random,
  full,
}
