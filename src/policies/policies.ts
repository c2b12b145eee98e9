// The registry of policies: one line each.
import type { PolicyName } from '../api/policies.ts'
import type { Compiler } from '../forward/compiler.ts'
import { shapeOf } from '../forward/layer_kernels.ts'
import type { Layer } from '../forward/layer.ts'
import type { OpenPolicy, Policy } from '../forward/policy.ts'
import { attentionLayers } from '../model/layer_kinds.ts'
import { inLayer } from '../model/layer_shape.ts'
import type { Plan } from '../plan/plan.ts'
import { full } from './full.ts'
import { h2o } from './h2o.ts'
import { keydiff } from './keydiff.ts'
import { knorm } from './knorm.ts'
import { kvCompress } from './kv_compress.ts'
import { kvmerger } from './kvmerger.ts'
import { lococo } from './lococo.ts'
import { locret } from './locret.ts'
import { locretLococo } from './locret_lococo.ts'
import { nacl } from './nacl.ts'
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
  'kv-compress': kvCompress,
  nacl,
  h2o,
  tova,
  sirllm,
  kvmerger,
  lococo,
  'locret+lococo': locretLococo,
  random,
  full,
}

/**
 * Opens the policy of the settings with its kernels compiled. Layers with other heads have kernels of their own. Throws
 * LongtabError `does-not-fit`.
 */
export async function openPolicy(compiler: Compiler, plan: Plan): Promise<Policy> {
  const { model, settings } = plan
  const byShape = new Map<string, Promise<Policy>>()
  const opened = attentionLayers(model).map(async (layer) => {
    const own = inLayer(model, layer)
    const shape = shapeOf(own)
    const key = Object.values(shape).join()
    const policy =
      byShape.get(key) ?? policies[settings.policy.name]({ compiler, model: own, settings, shape })
    byShape.set(key, policy)
    return [layer, await policy] as const
  })
  const ofLayers = new Map(await Promise.all(opened))
  const [any] = ofLayers.values()
  if (any === undefined) throw new Error('a model without attention has nothing to keep')
  return byShape.size === 1 ? any : layerByLayer(ofLayers, any)
}

/** @param any what does not depend on a layer is its */
function layerByLayer(ofLayers: ReadonlyMap<number, Policy>, any: Policy): Policy {
  const policyOf = ({ index }: Pick<Layer, 'index'>) => ofLayers.get(index) ?? any
  return {
    ...any,
    ...(any.observe && { observe: (layer) => policyOf(layer).observe?.(layer) }),
    ...(any.score && { score: (layer) => policyOf(layer).score?.(layer) }),
    evict: (layer, evictions) => policyOf(layer).evict(layer, evictions),
  }
}
