// Models, heads, compressors and settings that cannot be used, and what is said of each.
import type { LoadOptions } from '../api/model.ts'
import {
  safetensors,
  tensorsOf,
  virtualModel,
  type VirtualModel,
} from '../testing/virtual_model.ts'

export interface Refusal {
  readonly what: string
  readonly model?: Partial<VirtualModel>
  readonly options?: LoadOptions
  readonly code: string
  readonly says: RegExp
  /** a GGUF file has nothing like it */
  readonly onlyFolders?: true
}

const all = tensorsOf()
const mystery = { name: 'model.layers.0.mystery.weight', shape: [512], dtype: 'F16' }
const heads = (width: number, dtype = 'F16') =>
  Array.from({ length: 4 }, (_, layer) => [
    { name: `model.layers.${layer}.self_attn.fc1.weight`, shape: [64, width], dtype },
    { name: `model.layers.${layer}.self_attn.fc2.weight`, shape: [2, 64], dtype },
  ]).flat()
const compressor = (merged: number, channels: number) =>
  Array.from({ length: 4 }, (_, layer) => {
    const saver = `model.layers.${layer}.self_attn.memory_saver`
    return [
      { name: `${saver}.layers.0.weight`, shape: [merged, channels, 3], dtype: 'F32' },
      { name: `${saver}.layers.0.bias`, shape: [merged], dtype: 'F32' },
      { name: `${saver}.normalizer`, shape: [1], dtype: 'F32' },
    ]
  }).flat()
const at = (name: string) => `https://models.test/beside/${name}`

export const refusals: readonly Refusal[] = [
  {
    what: 'a damaged header',
    model: { isDamaged: true },
    code: 'bad-file',
    says: /is damaged or not a safetensors file|not a GGUF file/,
  },
  {
    what: 'an architecture that is not known',
    model: { config: { model_type: 'mamba' }, tensors: all },
    code: 'unsupported-model',
    says: /mamba.* is not supported/,
  },
  {
    what: 'a mixture of experts',
    model: { config: { num_local_experts: 8 }, tensors: all },
    code: 'unsupported-model',
    says: /mixture of experts/,
  },
  {
    what: 'a tensor that is missing',
    model: { tensors: all.filter(({ name }) => !name.includes('layers.3.mlp.down')) },
    code: 'bad-file',
    says: /lacks model\.layers\.3\.mlp\.down_proj\.weight/,
  },
  {
    what: 'a tensor that is not known',
    model: { tensors: [...all, mystery] },
    code: 'unsupported-model',
    says: /mystery\.weight of the llama checkpoint would change results/,
  },
  {
    what: 'values of a type that is not read',
    model: {
      tensors: all.map((one) =>
        one.name.includes('layers.3.mlp.down')
          ? { ...one, dtype: 'I8', ggufType: { id: 16, valueBytes: 66 / 256 } }
          : one,
      ),
    },
    code: 'bad-file|unsupported-model',
    says: /down.*is stored as (I8|IQ2_XXS)/,
  },
  {
    what: 'a pre-tokenizer that is not known',
    model: {
      pre: 'gpt-5o',
      tokenizer: virtualModel().tokenizer.replace('"type":"ByteLevel"', '"type":"Unheard"'),
    },
    code: 'bad-file|unsupported-model',
    says: /pre-tokenizer gpt-5o is not supported|tokenizer\.json cannot be used/,
  },
  {
    what: 'a tokenizer.json that is cut',
    model: { tokenizer: virtualModel().tokenizer.slice(0, 500), tokens: [] },
    code: 'bad-file',
    says: /tokenizer\.json|has no tokenizer/,
  },
  {
    what: 'token ids beyond the embedding',
    model: { config: { vocab_size: 250, eos_token_id: 7 } },
    code: 'bad-file',
    says: /token ids up to .* and the embedding has 250 rows/,
  },
  {
    what: 'sampling that cannot be',
    model: { files: { 'generation_config.json': '{"do_sample":true,"temperature":-1}' } },
    code: 'bad-file',
    says: /generation_config\.json: temperature/,
    onlyFolders: true,
  },
  {
    what: 'a setting that cannot be',
    options: { budget: 0 },
    code: 'bad-setting',
    says: /budget/,
  },
  {
    what: 'slots that are more than a buffer of the device holds',
    options: { budget: 2e6 },
    code: 'does-not-fit',
    says: /a budget of 2,000,000 needs .* but this device allows/,
  },
  {
    what: 'a policy that needs more workgroup memory than the device has',
    model: { config: { num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256 } },
    options: { policy: 'h2o', knownHeads: [] },
    code: 'does-not-fit',
    says: /bytes of workgroup memory but this device allows 16384/,
  },
  {
    what: 'recall that needs more workgroup memory than the device has',
    model: { config: { num_attention_heads: 4, num_key_value_heads: 1, head_dim: 256 } },
    options: { policy: 'streaming', recall: 'units', knownHeads: [] },
    code: 'does-not-fit',
    says: /bytes of workgroup memory but this device allows 16384/,
  },
  {
    what: 'heads of another width',
    model: { files: { 'other.safetensors': safetensors(heads(700)) } },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /fc1\.weight of the retaining heads .* has shape \(64, 700\), expected \(64, 768\)/,
  },
  {
    what: 'heads of another model',
    model: {
      files: {
        'other.safetensors': safetensors(heads(768), false, {
          model: `final-norm-sha256:${'0'.repeat(64)}`,
        }),
      },
    },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /was trained for a model whose final norm hashes to 00000000…/,
  },
  {
    what: 'heads of values that are not read',
    model: { files: { 'other.safetensors': safetensors(heads(768, 'I8')) } },
    options: { heads: at('other.safetensors') },
    code: 'bad-file',
    says: /is stored as I8/,
  },
  {
    what: 'heads of PyTorch that are cut',
    model: { files: { 'heads.bin': { begins: Uint8Array.of(0x50, 0x4b, 3, 4), bytes: 9e6 } } },
    options: { heads: at('heads.bin') },
    code: 'bad-file',
    says: /is cut: its zip directory is missing/,
  },
  {
    what: 'a compressor of another shape',
    model: { files: { 'other.safetensors': safetensors(compressor(8, 100)) } },
    options: { policy: 'lococo', compressor: at('other.safetensors') },
    code: 'bad-file',
    says: /has shape \(8, 100, 3\), expected \(merged slots, 128,/,
  },
  {
    what: 'a policy that merges without a compressor',
    options: { policy: 'lococo' },
    code: 'bad-setting',
    says: /needs a compressor/,
  },
]
