// How the layers of Gemma 4 differ: which look back only so far, which read keys of others, and what heads and widths they have.
import type { LayerKind, LayerShape } from '../../api/description.ts'
import { LongtabError } from '../../api/errors.ts'
import type { Fields } from '../fields.ts'
import { requireGroups, requireHeadSize } from '../head_shape.ts'
import { readLocalLayers } from '../layer_types.ts'
import type { Shape } from './family.ts'

/** The last layers read the keys and values of the last earlier layer of their type. */
export function kindsOf(config: Fields, layers: number): readonly LayerKind[] {
  const shared = countOrNone(config, 'num_kv_shared_layers')
  const local = localLayers(config, layers)
  const found = local.map((_, layer): LayerKind =>
    layer < layers - shared ? 'attention' : 'shared attention',
  )
  const alone = local.findIndex((_, layer) => ownerOf(layer, found, local) === -1)
  if (alone !== -1) {
    throw new LongtabError(
      'bad-file',
      `config.json: num_kv_shared_layers ${shared} of ${layers} layers leaves layer ${alone} without an earlier layer of its type to read keys of`,
    )
  }
  return found
}

/** The layer whose keys and values a layer reads, its own index where it has some; −1 where there is none. */
export function ownerOf(
  layer: number,
  kinds: readonly LayerKind[],
  local: readonly boolean[],
): number {
  if (kinds[layer] === 'attention') return layer
  return kinds.findLastIndex(
    (kind, other) => kind === 'attention' && other < layer && local[other] === local[layer],
  )
}

/** As transformers has it, the last layer is full whatever the file says. */
export function localLayers(config: Fields, layers: number): readonly boolean[] {
  const found = readLocalLayers(config, layers, (layer) => (layer + 1) % 6 !== 0)
  return found.map((isLocal, layer) => isLocal && layer !== layers - 1)
}

/** Heads of full layers under names of their own in older files, by layer in newer ones; wider feed-forwards where keys are shared. */
export function shapesOf(
  config: Fields,
  { heads, headSize, kinds }: Shape,
  local: readonly boolean[],
): readonly Partial<LayerShape>[] {
  const byLayer = config.group('per_layer_config')
  const ofFull = (): Partial<LayerShape> => ({
    headSize: config.count('global_head_dim', 512),
    ...(config.truth('attention_k_eq_v', false) &&
      config.has('num_global_key_value_heads') && {
        kvHeads: config.count('num_global_key_value_heads'),
      }),
  })
  const isDoubled = config.truth('use_double_wide_mlp', false)
  const shapes = kinds.map((kind, layer): Partial<LayerShape> => {
    const own = byLayer ? readOwnHeads(byLayer, layer) : local[layer] ? {} : ofFull()
    if (own.headSize !== undefined) requireHeadSize(own.headSize)
    if (own.kvHeads !== undefined) requireGroups(heads, own.kvHeads)
    if (kind === 'attention' || !isDoubled) return own
    return { ...own, feedForward: 2 * config.count('intermediate_size') }
  })
  for (const isLocal of [true, false]) {
    const ofType = shapes.filter((_, layer) => local[layer] === isLocal)
    const sizes = new Set(ofType.map((own) => own.headSize ?? headSize))
    if (sizes.size <= 1) continue
    throw new LongtabError(
      'unsupported-model',
      `heads of ${[...sizes].join(' and ')} in layers of one type are not supported in gemma4_text models; layers of a type need heads of one size`,
    )
  }
  return shapes
}

/** The only numbers that a layer may have of its own there. */
const ownFields = { head_dim: 'headSize', num_key_value_heads: 'kvHeads' } as const

function readOwnHeads(byLayer: Fields, layer: number): Partial<LayerShape> {
  const own = byLayer.group(String(layer))
  if (own === undefined) return {}
  const unknown = own.names.find((name) => !Object.hasOwn(ownFields, name))
  if (unknown !== undefined) {
    throw new LongtabError(
      'unsupported-model',
      `${unknown} of layer ${layer} in per_layer_config is not supported; supported: ${Object.keys(ownFields).join(', ')}`,
    )
  }
  return Object.fromEntries(
    Object.entries(ownFields)
      .filter(([name]) => own.has(name))
      .map(([name, field]) => [field, own.count(name)]),
  )
}

function countOrNone(config: Fields, name: string): number {
  return config.has(name) && config.raw(name) !== 0 ? config.count(name) : 0
}
