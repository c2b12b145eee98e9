// What a model's layers are. Whoever counts KV heads or budgets counts them over the layers that have a cache.
import type { LayerKind, ModelDescription } from '../api/description.ts'

/** Tokens that a convolution sees at most: the rows of a workgroup, see newest_tokens.wgsl. */
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

/** Whether attention's output is gated in some layer. */
export function hasOutputGates({ tensors }: Pick<ModelDescription, 'tensors'>): boolean {
  return tensors.layers.some((layer) => 'queryAndGate' in layer)
}

/** Whether some layer is a gated delta net. */
export function hasDeltaNets({ kinds }: Kinds): boolean {
  return kinds.includes('gated delta net')
}

/** Whether some layer is a short convolution. */
export function hasConvolutions({ kinds }: Kinds): boolean {
  return kinds.includes('short convolution')
}
