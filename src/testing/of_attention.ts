// For tests that look into a layer of attention: its tensor names, its weights on the GPU or those of the reference.

/** Throws where the layer has no attention. */
export function ofAttention<Layer extends object>(
  layer: Layer | undefined,
): Extract<Layer, { readonly qkv: unknown }> {
  if (layer && 'qkv' in layer) return layer as Extract<Layer, { readonly qkv: unknown }>
  throw new Error('the layer has no attention')
}
