// Models to choose from by name: what they download, and their shapes, so that what they need is known before anything is
// asked of a server. Shapes as in each repository's config.json, without the rotary scaling, which takes no bytes; sizes are
// those of the safetensors or GGUF files.
import type { WeightStorage } from '../api/settings.ts'
import type { ModelDescription } from '../api/description.ts'
import { describe } from './config.ts'
import { codesByName } from './gguf/mixes.ts'

/** A model of the Hub whose size and shape are known before a server is asked. */
export interface Preset {
  /** Where it lies, for `load`. */
  readonly source: string
  /** Its name, as its makers call it. */
  readonly name: string
  /** Bytes of the weights to download. */
  readonly bytes: number
  /** Whether `bytes` is worked out from shape and storage; `undefined` where it is read from the file. */
  readonly approximate?: true
  /** The licence of the weights. */
  readonly license: string
  /** Whether the page lists it: of several downloads of a model the smallest that answers as well; else `undefined`. */
  readonly offered?: true
  /** How its weights are stored, where what the settings would choose is too large for most devices; else `undefined`. */
  readonly weights?: WeightStorage
  /** Whether its terms must be accepted on its page, and a token given. */
  readonly gated: boolean
  /** Official retaining heads, to be loaded with it; `undefined` without. */
  readonly heads:
    | {
        /** Where they lie, for the option `heads` of `load`. */
        readonly source: string
        /** Bytes to download. */
        readonly bytes: number
        /** Width d_R of their hidden layer. */
        readonly width: number
      }
    | undefined
  /**
   * Of thirty questions about a novel of 37,000 tokens, those answered right from four passages that were found
   * (docs/research/recall.md); `undefined` where nobody measured it.
   */
  readonly answersRight?: number
  /** What its `config.json` says of its shape. */
  readonly config: Readonly<Record<string, unknown>>
}

const open = { gated: false, heads: undefined }
const apache = { ...open, license: 'Apache 2.0' }
const llama32 = { license: 'Llama 3.2 licence' }
const gemmaTerms = { ...open, license: 'Gemma terms' }

const smollm2 = {
  model_type: 'llama',
  vocab_size: 49_152,
  max_position_embeddings: 8192,
  tie_word_embeddings: true,
}
const smollm135 = {
  ...smollm2,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
}
const smollm360 = {
  ...smollm2,
  hidden_size: 960,
  intermediate_size: 2560,
  num_hidden_layers: 32,
  num_attention_heads: 15,
  num_key_value_heads: 5,
}
const qwen2 = {
  model_type: 'qwen2',
  vocab_size: 151_936,
  max_position_embeddings: 32_768,
  tie_word_embeddings: true,
}
const qwen05 = {
  ...qwen2,
  hidden_size: 896,
  intermediate_size: 4864,
  num_hidden_layers: 24,
  num_attention_heads: 14,
  num_key_value_heads: 2,
}
const qwen15 = {
  ...qwen2,
  hidden_size: 1536,
  intermediate_size: 8960,
  num_hidden_layers: 28,
  num_attention_heads: 12,
  num_key_value_heads: 2,
}
const qwen3 = {
  model_type: 'qwen3',
  vocab_size: 151_936,
  max_position_embeddings: 40_960,
  tie_word_embeddings: true,
  hidden_size: 1024,
  intermediate_size: 3072,
  num_hidden_layers: 28,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  head_dim: 128,
}
const gemma3 = {
  model_type: 'gemma3_text',
  vocab_size: 262_144,
  max_position_embeddings: 32_768,
  sliding_window: 512,
  query_pre_attn_scalar: 256,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 256,
}
const llama3 = {
  model_type: 'llama',
  vocab_size: 128_256,
  num_key_value_heads: 8,
  num_attention_heads: 32,
  max_position_embeddings: 131_072,
}
const llama1b = {
  ...llama3,
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  head_dim: 64,
  tie_word_embeddings: true,
}
/** the GGUF files of Qwen2.5 hold the output beside the embedding */
const untied = { tie_word_embeddings: false }

/** Models to choose from by name, from small to large. */
export const presets: readonly Preset[] = [
  {
    ...apache,
    source: 'HuggingFaceTB/SmolLM2-135M-Instruct-GGUF:smollm2-135m-instruct-q8_0.gguf',
    name: 'SmolLM2-135M-Instruct',
    bytes: 145_000_000,
    approximate: true,
    offered: true,
    config: smollm135,
  },
  {
    ...apache,
    source: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    name: 'SmolLM2-135M-Instruct',
    bytes: 269_060_552,
    config: smollm135,
  },
  {
    ...gemmaTerms,
    source: 'ggml-org/gemma-3-270m-it-GGUF:gemma-3-270m-it-Q8_0.gguf',
    name: 'Gemma 3 270M',
    bytes: 292_000_000,
    approximate: true,
    offered: true,
    config: { ...gemma3, hidden_size: 640, intermediate_size: 2048, num_hidden_layers: 18 },
  },
  {
    ...apache,
    source: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF:smollm2-360m-instruct-q8_0.gguf',
    name: 'SmolLM2-360M-Instruct',
    bytes: 386_000_000,
    approximate: true,
    offered: true,
    config: smollm360,
  },
  {
    ...apache,
    source: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    name: 'SmolLM2-360M-Instruct',
    bytes: 723_674_912,
    config: smollm360,
  },
  {
    ...apache,
    source: 'Qwen/Qwen3-0.6B-GGUF:Qwen3-0.6B-Q8_0.gguf',
    name: 'Qwen3-0.6B',
    bytes: 639_446_688,
    offered: true,
    config: qwen3,
  },
  {
    ...apache,
    source: 'Qwen/Qwen3-0.6B',
    name: 'Qwen3-0.6B',
    bytes: 1_503_300_328,
    config: qwen3,
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-0.5B-Instruct-GGUF:qwen2.5-0.5b-instruct-q8_0.gguf',
    name: 'Qwen2.5-0.5B-Instruct',
    bytes: 675_710_816,
    offered: true,
    config: { ...qwen05, ...untied },
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-0.5B-Instruct',
    name: 'Qwen2.5-0.5B-Instruct',
    bytes: 988_097_824,
    config: qwen05,
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF:qwen2.5-coder-0.5b-instruct-q4_k_m.gguf',
    name: 'Qwen2.5-Coder-0.5B-Instruct',
    bytes: 491_400_064,
    approximate: true,
    offered: true,
    answersRight: 20,
    config: { ...qwen05, ...untied },
  },
  {
    ...gemmaTerms,
    source: 'ggml-org/gemma-3-1b-it-GGUF:gemma-3-1b-it-Q4_K_M.gguf',
    name: 'Gemma 3 1B',
    bytes: 806_000_000,
    approximate: true,
    offered: true,
    config: { ...gemma3, hidden_size: 1152, intermediate_size: 6912, num_hidden_layers: 26 },
  },
  {
    ...open,
    ...llama32,
    source: 'bartowski/Llama-3.2-1B-Instruct-GGUF:Llama-3.2-1B-Instruct-Q4_K_M.gguf',
    name: 'Llama-3.2-1B-Instruct',
    bytes: 807_694_464,
    offered: true,
    config: llama1b,
  },
  {
    ...llama32,
    source: 'meta-llama/Llama-3.2-1B-Instruct',
    name: 'Llama-3.2-1B-Instruct',
    bytes: 2_471_645_608,
    gated: true,
    heads: undefined,
    config: llama1b,
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-1.5B-Instruct-GGUF:qwen2.5-1.5b-instruct-q4_k_m.gguf',
    name: 'Qwen2.5-1.5B-Instruct',
    bytes: 1_117_320_736,
    offered: true,
    config: { ...qwen15, ...untied },
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-1.5B-Instruct',
    name: 'Qwen2.5-1.5B-Instruct',
    bytes: 3_087_467_144,
    config: qwen15,
  },
  {
    ...apache,
    source: 'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF:qwen2.5-coder-1.5b-instruct-q4_k_m.gguf',
    name: 'Qwen2.5-Coder-1.5B-Instruct',
    bytes: 1_117_320_768,
    offered: true,
    answersRight: 27,
    config: { ...qwen15, ...untied },
  },
  {
    source: 'microsoft/Phi-3-mini-128k-instruct',
    name: 'Phi-3-mini-128k-instruct',
    license: 'MIT',
    bytes: 7_642_181_880,
    offered: true,
    weights: 'q4',
    gated: false,
    heads: {
      source: 'hyx21/Locret-phi-3-mini-128K:phi-3-mini-128K.bin',
      bytes: 606_097_986,
      width: 1024,
    },
    config: {
      model_type: 'phi3',
      vocab_size: 32_064,
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      max_position_embeddings: 131_072,
    },
  },
  {
    source: 'meta-llama/Llama-3.1-8B-Instruct',
    name: 'Llama-3.1-8B-Instruct',
    license: 'Llama 3.1 licence',
    bytes: 16_060_556_376,
    weights: 'q4',
    gated: true,
    heads: {
      source: 'hyx21/Locret-llama-3.1-8B-instruct:llama-3.1-8B-instruct.bin',
      bytes: 403_177_472,
      width: 1024,
    },
    config: {
      ...llama3,
      hidden_size: 4096,
      intermediate_size: 14_336,
      num_hidden_layers: 32,
      tie_word_embeddings: false,
    },
  },
]

/**
 * Describes the shape of a model in `presets`, and what its file holds in codes.
 * @throws Nothing.
 */
export function describePreset({ config, source }: Preset): ModelDescription {
  const model = describe(config, {})
  return { ...model, codes: codesByName(source, model) }
}

export function presetOf(source: string): Preset | undefined {
  return presets.find((preset) => preset.source === source)
}
