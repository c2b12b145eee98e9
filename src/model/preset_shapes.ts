// Shapes of the models in presets.ts, as in each repository's config.json, without the rotary scaling, which takes no bytes.

/** Sizes that every model has, under the names of config.json. */
function sized(
  hidden_size: number,
  intermediate_size: number,
  num_hidden_layers: number,
  num_attention_heads: number,
  num_key_value_heads: number,
  head_dim?: number,
) {
  return {
    ...{ hidden_size, intermediate_size, num_hidden_layers },
    ...{ num_attention_heads, num_key_value_heads },
    ...(head_dim !== undefined && { head_dim }),
  }
}

function family(
  model_type: string,
  vocab_size: number,
  max_position_embeddings: number,
  tie_word_embeddings = true,
) {
  return { model_type, vocab_size, max_position_embeddings, tie_word_embeddings }
}

/** the GGUF files of Qwen2.5 hold the output beside the embedding */
export const untied = { tie_word_embeddings: false }

const smollm2 = family('llama', 49_152, 8192)
export const smollm135 = { ...smollm2, ...sized(576, 1536, 30, 9, 3) }
export const smollm360 = { ...smollm2, ...sized(960, 2560, 32, 15, 5) }

const qwen25 = family('qwen2', 151_936, 32_768)
export const qwen05 = { ...qwen25, ...sized(896, 4864, 24, 14, 2) }
export const qwen15 = { ...qwen25, ...sized(1536, 8960, 28, 12, 2) }

const qwen3 = family('qwen3', 151_936, 40_960)
export const qwen3Of06 = { ...qwen3, ...sized(1024, 3072, 28, 16, 8, 128) }
export const qwen3Of17 = { ...qwen3, ...sized(2048, 6144, 28, 16, 8, 128) }
export const qwen3Of4 = {
  ...qwen3,
  ...sized(2560, 9728, 36, 32, 8, 128),
  max_position_embeddings: 262_144,
}

const gemma3 = {
  ...family('gemma3_text', 262_144, 32_768),
  sliding_window: 512,
  query_pre_attn_scalar: 256,
}
export const gemma270 = { ...gemma3, ...sized(640, 2048, 18, 4, 1, 256) }
export const gemma1b = { ...gemma3, ...sized(1152, 6912, 26, 4, 1, 256) }

const llama3 = family('llama', 128_256, 131_072)
export const llama1b = { ...llama3, ...sized(2048, 8192, 16, 32, 8, 64) }
export const llama8b = { ...llama3, ...sized(4096, 14_336, 32, 32, 8), ...untied }

const lfm2 = { ...family('lfm2', 65_536, 128_000), full_attn_idxs: [2, 5, 8, 10, 12, 14] }
export const lfm350 = { ...lfm2, ...sized(1024, 6656, 16, 16, 8) }
export const lfm700 = { ...lfm2, ...sized(1536, 10_240, 16, 24, 8) }
export const lfm1b = { ...lfm2, ...sized(2048, 12_288, 16, 32, 8) }

const granite = family('granite', 100_352, 32_768)
export const granite350 = { ...granite, ...sized(1024, 2048, 28, 16, 4) }
export const granite1b = {
  ...granite,
  ...sized(2048, 4096, 40, 16, 4),
  max_position_embeddings: 131_072,
}

export const smollm3b = {
  ...family('smollm3', 128_256, 65_536),
  ...sized(2048, 11_008, 36, 16, 4),
}
export const phi3 = { ...family('phi3', 32_064, 131_072, false), ...sized(3072, 8192, 32, 32, 32) }
export const phi4 = {
  ...family('phi3', 200_064, 131_072),
  ...sized(3072, 8192, 32, 24, 8),
  partial_rotary_factor: 0.75,
}
export const ministral3b = {
  ...family('ministral3', 131_072, 262_144),
  ...sized(3072, 9216, 26, 32, 8, 128),
}
export const olmo1b = { ...family('olmo2', 100_352, 4096, false), ...sized(2048, 8192, 16, 16, 16) }
export const exaone1b = {
  ...family('exaone4', 102_400, 65_536),
  ...sized(2048, 4096, 30, 32, 8),
  sliding_window: null,
}
export const ernie03 = {
  ...family('ernie4_5', 103_424, 131_072),
  ...sized(1024, 3072, 18, 16, 2, 128),
}
