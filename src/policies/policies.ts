// The registry of policies: one line each.
import type { PolicyName } from '../api/policies.ts'
import type { Compiler } from '../forward/compiler.ts'
import { shapeOf } from '../forward/kernel_set.ts'
import type { OpenPolicy, Policy } from '../forward/policy.ts'
import type { Plan } from '../plan/plan.ts'
import { full } from './full.ts'
import { h2o } from './h2o.ts'
import { keydiff } from './keydiff.ts'
import { knorm } from './knorm.ts'
import { lococo } from './lococo.ts'
import { locret } from './locret.ts'
import { locretLococo } from './locret_lococo.ts'
import { newest } from './newest.ts'
import { random } from './random.ts'
import { sirllm } from './sirllm.ts'
import { snapkv } from './snapkv.ts'
import { tova } from './tova.ts'

const policies: Readonly<Record<PolicyName, OpenPolicy>> = {
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

/** Opens the policy of the settings with its kernels compiled. Throws LongtabError `does-not-fit`. */
export function openPolicy(compiler: Compiler, { model, settings }: Plan): Promise<Policy> {
  return policies[settings.policy.name]({ compiler, model, settings, shape: shapeOf(model) })
}
