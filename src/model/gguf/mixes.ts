// The types that llama.cpp mixes in a file, by the file's name (`llama-quant.cpp`). So what it needs on the GPU is known before
// its header is read.
import type { LayerTensorNames, ModelDescription } from '../../api/description.ts'
import type { CodeStorage } from '../../api/settings.ts'
import { deltaNetOf, deltaWidths } from '../delta_net_shape.ts'
import { inLayer } from '../layer_shape.ts'
import { largeBlockWidth } from '../quantize.ts'

type Codes = ModelDescription['codes']

/** The codes of a file called so, or none where its name does not tell. */
export function codesByName(name: string, model: ModelDescription): Codes {
  if (/q8_0\.gguf$/i.test(name)) return everywhere(model)
  if (/q4_k_m\.gguf$/i.test(name)) return q4KM(model)
  return {}
}

function everywhere({ tensors }: ModelDescription): Codes {
  const names = [
    tensors.embedding,
    tensors.output,
    ...tensors.layers.flatMap((layer) => [
      ...operatorMatrices(layer),
      ...layer.gateUp,
      layer.down,
      ...inputMatrices(layer),
    ]),
  ]
  return Object.fromEntries(names.map((name) => [name, 'q8']))
}

function operatorMatrices(layer: LayerTensorNames): readonly string[] {
  if ('convolution' in layer) return [layer.convolution.gates, layer.convolution.output]
  if ('deltaNet' in layer) return [...layer.deltaNet.mixed, layer.deltaNet.output]
  return [...layer.qkv, layer.attentionOutput]
}

/** Of a layer's own input; llama.cpp leaves the matrix that makes those of all layers as it was. */
function inputMatrices({ layerInput }: LayerTensorNames): readonly string[] {
  return layerInput ? [layerInput.gate, layerInput.output] : []
}

/** Mostly 4 bits; the output, values and down projections of some layers have 6. */
function q4KM(model: ModelDescription): Codes {
  const { tensors, tiedEmbeddings, hidden } = model
  const codes = new Map<string, CodeStorage>()
  const put = (tensor: string, ins: number, isSix: boolean) => {
    const isWhole = ins % largeBlockWidth === 0
    const [four, six] = isWhole ? (['q4_k', 'q6_k'] as const) : (['q5', 'q8'] as const)
    codes.set(tensor, isSix ? six : four)
  }
  put(tensors.embedding, hidden, tiedEmbeddings)
  if (!tiedEmbeddings) put(tensors.output, hidden, true)
  for (const [index, layer] of tensors.layers.entries()) {
    const hasMore = usesMoreBits(index, model.layers)
    const { heads, headSize, feedForward } = inLayer(model, index)
    if ('convolution' in layer)
      for (const tensor of operatorMatrices(layer)) put(tensor, hidden, false)
    else if ('deltaNet' in layer) {
      for (const tensor of layer.deltaNet.mixed) put(tensor, hidden, false)
      put(layer.deltaNet.output, deltaWidths(deltaNetOf(model)).values, false)
    } else {
      for (const [part, tensor] of layer.qkv.entries()) put(tensor, hidden, hasMore && part === 2)
      put(layer.attentionOutput, heads * headSize, false)
    }
    for (const tensor of layer.gateUp) put(tensor, hidden, false)
    put(layer.down, feedForward, hasMore)
    if (layer.layerInput) {
      put(layer.layerInput.gate, hidden, false)
      put(layer.layerInput.output, model.layerInputWidth ?? 0, false)
    }
  }
  return Object.fromEntries(codes)
}

/** The first and the last eighth of all layers, and of the others every third. */
function usesMoreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8)
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2
}
