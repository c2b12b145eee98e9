// Phi-3-mini, 4k and 128k: q, k and v in one matrix, gate and up in another; LongRoPE in the 128k models. Names and
// defaults as in transformers, models/phi3.
import { readRotary } from '../rotary_config.ts'
import { eachLayer, plainTraits, type Family } from './family.ts'
import { llama, llamaGguf, llamaLayer } from './llama.ts'

/** Control tokens of Phi-3 that leave the white space behind them where it is. */
const keepsSpace: readonly string[] = ['<s>', '<unk>', '<|endoftext|>']

export const phi3: Family = {
  ...llama,
  modelType: 'phi3',
  architecture: 'Phi3ForCausalLM',
  defaults: {
    rms_norm_eps: 1e-5,
    max_position_embeddings: 4096,
    tie_word_embeddings: false,
  },
  refused: ['attention_bias'],
  reads: [],
  traits(config, shape) {
    const rotary = readRotary(config, 10_000, shape)
    const window = config.has('sliding_window') ? config.count('sliding_window') : undefined
    return {
      ...plainTraits(config, shape),
      attention: eachLayer(shape, () => ({ rotary, window })),
    }
  },
  tensors: {
    ...llama.tensors,
    layer: (index) => ({
      ...llamaLayer(index),
      qkv: [`model.layers.${index}.self_attn.qkv_proj.weight`],
      gateUp: [`model.layers.${index}.mlp.gate_up_proj.weight`],
    }),
  },
  gguf: {
    ...llamaGguf,
    architecture: 'phi3',
    layerTensors: {
      ...llamaGguf.layerTensors,
      attn_qkv: 'self_attn.qkv_proj',
      ffn_up: 'mlp.gate_up_proj',
    },
    interleaved: false,
    // the tokenizer of Phi-4 is no SentencePiece; llama.cpp knows Phi-3's tokens by name too
    stripsSpace: (token, kind) => kind === 'llama' && !keepsSpace.includes(token),
  },
}
