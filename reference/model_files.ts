// A random model as the files of a Hugging Face folder, in memory, with a tokenizer of one token per byte.
import type { ModelDescription } from '../src/model/description.ts'
import { beginId, endId, type NamedTensor, type RandomModel } from './random_model.ts'

/** config.json, tokenizer.json, tokenizer_config.json and model.safetensors (F32). */
export function modelFiles({ description, tensors }: RandomModel): File[] {
  return [
    jsonFile('config.json', configOf(description)),
    jsonFile('tokenizer.json', byteTokenizer()),
    jsonFile('tokenizer_config.json', tokenizerConfig),
    new File([safetensors(tensors)], 'model.safetensors'),
  ]
}

/** The retaining heads under their official names. */
export function headsFile({ heads }: RandomModel): File {
  return new File([safetensors(heads)], 'heads.safetensors')
}

function jsonFile(name: string, content: unknown): File {
  return new File([JSON.stringify(content)], name, { type: 'application/json' })
}

function configOf(description: ModelDescription) {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    hidden_size: description.hidden,
    intermediate_size: description.feedForward,
    num_hidden_layers: description.layers,
    num_attention_heads: description.heads,
    num_key_value_heads: description.kvHeads,
    head_dim: description.headSize,
    vocab_size: description.vocabulary,
    max_position_embeddings: description.maxPositions,
    rms_norm_eps: description.normEpsilon,
    rope_theta: description.rotary.base,
    tie_word_embeddings: description.tiedEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: beginId,
    eos_token_id: endId,
    torch_dtype: 'float32',
  }
}

const tokenizerConfig = {
  tokenizer_class: 'PreTrainedTokenizerFast',
  bos_token: '<s>',
  eos_token: '</s>',
  clean_up_tokenization_spaces: false,
  chat_template:
    "{{ bos_token }}{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}" +
    '{% if add_generation_prompt %}[assistant] {% endif %}',
}

/** Byte b is token b; byte-level BPE writes each byte as one printable character. */
function byteTokenizer() {
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  const vocabulary = Object.fromEntries(printableBytes().map((letter, byte) => [letter, byte]))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(beginId, '<s>'), special(endId, '</s>')],
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [beginId], tokens: ['<s>'] } },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: { ...vocabulary, '<s>': beginId, '</s>': endId },
      merges: [],
    },
  }
}

/** GPT-2's alphabet: printable bytes stand for themselves, the others for the characters from U+0100 on, in order. */
function printableBytes(): string[] {
  let others = 0
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCharCode(prints ? byte : 0x100 + others++)
  })
}

/** Length of the header, header, tensors one after another. */
function safetensors(tensors: readonly NamedTensor[]): ArrayBuffer {
  let offset = 0
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = offset
    offset += values.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const
  })
  const json = JSON.stringify(Object.fromEntries(entries))
  const header = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8))
  const file = new ArrayBuffer(8 + header.length + offset)
  new DataView(file).setBigUint64(0, BigInt(header.length), true)
  new Uint8Array(file).set(header, 8)
  tensors.forEach(({ values }, index) => {
    const begin = 8 + header.length + (entries[index]?.[1].data_offsets[0] ?? 0)
    new Float32Array(file, begin, values.length).set(values)
  })
  return file
}
