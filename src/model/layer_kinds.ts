// What a model's layers are. Whoever counts KV heads or budgets counts them over the layers that have a cache.
import type { LayerKind, ModelDescription } from '../api/description.ts'

/** Tokens that a short convolution sees at most: the rows of a workgroup of short_convolution.wgsl. */
export const mostTaps = 16

type Kinds = Pick<ModelDescription, 'kinds'>

/** (layers), of a model that has attention in all of them. */
export function attentionEverywhere(layers: number): readonly LayerKind[] {
  return Array.from({ length: layers }, () => 'attention')
}

/** Indices of the layers of attention that have a KV cache of their own, ascending. */
export function attentionLayers({ kinds }: Kinds): number[] {
  return [...kinds.keys()].filter((layer) => kinds[layer] === 'attention')
}

/** Layers up to the last that keeps anything of a token. Those behind it change nothing but the rows that leave the model. */
export function keepingLayers({ kinds }: Kinds): number {
  return 1 + kinds.findLastIndex((kind) => kind !== 'shared attention')
}

/** Whether some layer reads keys and values of an earlier one. */
export function sharesKeys({ kinds }: Kinds): boolean {
  return kinds.includes('shared attention')
}

/** Whether some layer is a short convolution, so that the model has a state besides its KV cache. */
export function hasConvolutions({ kinds }: Kinds): boolean {
  return kinds.includes('short convolution')
}
