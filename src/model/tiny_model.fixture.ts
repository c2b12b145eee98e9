// A small description for tests.
import { describe } from './config.ts'
import type { ModelDescription } from '../api/description.ts'

/** 2 layers, 12 wide, 6 heads and 2 KV heads of 4. */
export function tinyModel(changes: Partial<ModelDescription> = {}): ModelDescription {
  const config = {
    model_type: 'llama',
    hidden_size: 12,
    intermediate_size: 20,
    num_hidden_layers: 2,
    num_attention_heads: 6,
    num_key_value_heads: 2,
    head_dim: 4,
    vocab_size: 50,
    tie_word_embeddings: changes.tiedEmbeddings ?? true,
  }
  return { ...describe(config, {}), ...changes }
}
