// EXAONE 4: norms after each half of a layer as in OLMo 2, norms on each head, and, in models with windows, positions in local
// layers alone. Names and defaults as in transformers, models/exaone4.
import { readLocalLayers } from '../layer_types.ts'
import { noRotary, readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { headNorms } from './head_norms.ts'
import { llama, llamaGguf } from './llama.ts'
import { postNormedGguf, postNormedLayer } from './olmo2.ts'

export const exaone4: Family = {
  ...llama,
  modelType: 'exaone4',
  architecture: 'Exaone4ForCausalLM',
  defaults: { ...llama.defaults, rms_norm_eps: 1e-5 },
  refused: [],
  reads: [],
  traits(config, shape) {
    const rotary = readRotary(config, 10_000, shape)
    const window = config.isNull('sliding_window')
      ? undefined
      : config.count('sliding_window', 4096)
    const period = config.count('sliding_window_pattern', 4)
    const local = readLocalLayers(
      config,
      shape.layers,
      (layer) => window !== undefined && (layer + 1) % period !== 0,
    )
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, (layer) => ({
        rotary: window === undefined || local[layer] ? rotary : noRotary,
        window: local[layer] ? window : undefined,
      })),
    }
  },
  tensors: {
    ...llama.tensors,
    layer: (index) => ({ ...postNormedLayer(index), headNorms: headNorms(index) }),
  },
  gguf: {
    ...llamaGguf,
    architecture: 'exaone4',
    layerTensors: postNormedGguf,
    interleaved: false,
    config: (value) => ({
      sliding_window: value('attention.sliding_window') ?? null,
      layer_types: layerTypes(value('attention.sliding_window_pattern')),
    }),
  },
}

/** @param local (layers): whether the layer has a window; of files without windows undefined */
function layerTypes(local: unknown): readonly string[] | undefined {
  if (!Array.isArray(local)) return undefined
  return local.map((one) => (one === true ? 'sliding_attention' : 'full_attention'))
}
