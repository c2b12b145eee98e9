// A random model as the files of a Hugging Face folder, in memory, with a tokenizer of one token per byte.
import { writeSafetensors, type WritableTensor } from '../src/model/safetensors/write.ts'
import { beginId, endId, type NamedTensor, type RandomModel } from './random_model.ts'

type Dtype = WritableTensor['dtype']

/** config.json, tokenizer.json, tokenizer_config.json and model.safetensors. F32 and F16 hold the weights exactly. */
export function modelFiles({ config, tensors }: RandomModel, dtype: Dtype): File[] {
  return [
    jsonFile('config.json', config),
    jsonFile('tokenizer.json', byteTokenizer()),
    jsonFile('tokenizer_config.json', tokenizerConfig),
    safetensorsFile('model.safetensors', tensors, dtype),
  ]
}

/** The retaining heads under their official names. */
export function headsFile(
  { heads }: Pick<RandomModel, 'heads'>,
  dtype: Dtype,
  metadata: Readonly<Record<string, string>> = {},
): File {
  return safetensorsFile('heads.safetensors', heads, dtype, metadata)
}

function safetensorsFile(
  name: string,
  tensors: readonly NamedTensor[],
  dtype: Dtype,
  metadata: Readonly<Record<string, string>> = {},
): File {
  const stored = tensors.map((tensor) => ({ ...tensor, dtype }))
  return new File([writeSafetensors(stored, metadata)], name)
}

function jsonFile(name: string, content: unknown): File {
  return new File([JSON.stringify(content)], name, { type: 'application/json' })
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

/** GPT-2's alphabet: printable bytes are themselves; the others are the characters from U+0100 on, in order. */
function printableBytes(): string[] {
  let others = 0
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCharCode(prints ? byte : 0x100 + others++)
  })
}
