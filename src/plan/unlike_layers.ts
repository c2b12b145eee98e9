// What needs all layers of attention to be alike: the same heads, keys of their own and nothing beside the residual stream.
import { LongtabError } from '../api/errors.ts'
import { needs } from '../api/policies.ts'
import type { ModelDescription } from '../api/description.ts'
import type { Settings } from '../api/settings.ts'
import { attentionLayers, sharesKeys } from '../model/layer_kinds.ts'
import { inLayer } from '../model/layer_shape.ts'
import { keepsUnits } from './recall_shape.ts'

/** Throws LongtabError `bad-setting` where the settings ask for such a thing and layers are unlike. */
export function requireAlikeLayers(settings: Settings, model: ModelDescription): void {
  const { name } = settings.policy
  if (needs(name, 'retaining heads') || needs(name, 'compressor'))
    refuseUnlike(`policy ${name}`, 'choose policy streaming', model)
  const counts = attentionLayers(model).map((layer) => inLayer(model, layer).kvHeads)
  if (needs(name, 'all logits') && new Set(counts).size > 1)
    // one kernel writes the scores of all layers
    refuseUnlike(`policy ${name}`, 'choose policy streaming', model)
  if (keepsUnits(settings)) refuseUnlike('recall units', 'choose recall passages', model)
}

/** Throws LongtabError `bad-setting`. @param advice what to do instead */
export function refuseUnlike(what: string, advice: string, model: ModelDescription): void {
  const unlike = [
    ...(model.shapes ? ['heads or widths of their own'] : []),
    ...(sharesKeys(model) ? ['keys of other layers'] : []),
    ...(model.layerInputWidth === undefined ? [] : ['inputs of their own']),
  ]
  if (unlike.length === 0) return
  throw new LongtabError(
    'bad-setting',
    `${what} needs layers that are all alike, and layers of this ${model.family} model have ${unlike.join(' and ')}; ${advice}`,
  )
}
