// config.json → ModelDescription, for every family.
import type { ModelFiles } from './model_files.ts'
import { LongtabError } from '../api/errors.ts'
import { shown } from '../api/shown.ts'
import type { LayerTensorNames, ModelDescription } from '../api/description.ts'
import { attentionEverywhere } from './layer_kinds.ts'
import { families } from './families/families.ts'
import { requireGroups, requireHeadSize } from './head_shape.ts'
import type { Family } from './families/family.ts'
import { Fields } from './fields.ts'
import { unwrapped } from './wrappers.ts'
import { modelFormatNames } from './format_names.ts'
import { refuseExperts } from './experts.ts'
import { refuseFields } from './refused_fields.ts'
import { readJson } from '../files/folder_files.ts'

/** Beyond any model there is; keeps a damaged number from asking for millions of tensor names. */
const mostLayers = 1024

/** Reads config.json and, when there is one, generation_config.json. */
export async function readDescription(
  files: ModelFiles,
  signal?: AbortSignal,
): Promise<ModelDescription> {
  const config = await readJson(files, 'config.json', signal)
  const generation = (await files.has('generation_config.json', signal))
    ? await readJson(files, 'generation_config.json', signal)
    : {}
  return { ...describe(config, generation), codes: (await files.codes?.(signal)) ?? {} }
}

/**
 * Throws LongtabError `unsupported-model` for what the engine cannot run, `bad-file` for numbers that cannot be.
 * @param config the parsed config.json
 * @param generation the parsed generation_config.json, or {}
 */
export function describe(config: unknown, generation: unknown): ModelDescription {
  const whole = new Fields(config, 'config.json')
  refuseExperts(config as object) // as the line above has it
  const fields = unwrapped(whole)
  const family = familyOf(fields)
  const { defaults } = family
  refuseQuantized(fields)
  for (const name of family.refused) refuse(fields, name, family)
  refuseFields(fields, family.modelType, family.reads ?? [])
  const vocabulary = fields.count('vocab_size', defaults.vocab_size)
  const layers = fields.count('num_hidden_layers', undefined, mostLayers)
  const tied = readTied(fields, family)
  const shape = {
    layers,
    kinds: family.kinds?.(fields, layers) ?? attentionEverywhere(layers),
    hidden: fields.count('hidden_size'),
    ...readHeads(fields, defaults),
    maxPositions: fields.count('max_position_embeddings', defaults.max_position_embeddings),
  }
  const { tensors } = family
  const layerInputs = tensors.layerInputs?.(fields)
  return {
    family: family.modelType,
    ...shape,
    feedForward: family.feedForward?.(fields) ?? fields.count('intermediate_size'),
    vocabulary,
    normEpsilon: fields.positive('rms_norm_eps', defaults.rms_norm_eps),
    logitScale: 1,
    pairs: 'halves',
    convolutionTaps: 0,
    deltaNet: undefined,
    ...family.traits(fields, shape),
    tiedEmbeddings: tied,
    codes: {},
    endIds: readEndIds(fields, new Fields(generation, 'generation_config.json'), vocabulary),
    tensors: {
      embedding: tensors.embedding,
      finalNorm: tensors.finalNorm,
      output: tied ? tensors.embedding : tensors.output,
      ...(layerInputs && { layerInputs }),
      layers: shape.kinds.map((kind, index) =>
        withBiases(tensors.layer(index, kind, fields), biasesOf(fields, family)),
      ),
    },
  }
}

function readTied(config: Fields, { defaults, tied: own }: Family): boolean {
  const tied = config.truth('tie_word_embeddings', defaults.tie_word_embeddings)
  return own === undefined ? tied : config.truth(own, tied)
}

function familyOf(config: Fields): Family {
  const modelType = config.text('model_type')
  const named = config.raw('architectures')
  const architectures: unknown[] = Array.isArray(named) ? named : []
  const family = families.find((known) => known.modelType === modelType)
  if (family && (architectures.length === 0 || architectures.includes(family.architecture))) {
    return family
  }
  const found = [
    `model_type ${modelType}`,
    ...architectures.map((name) => `architecture ${typeof name === 'string' ? name : shown(name)}`),
  ]
  const known = families.map((one) => `${one.modelType} (${one.architecture})`)
  throw new LongtabError(
    'unsupported-model',
    `${found.join(', ')} is not supported; supported: ${known.join(', ')}`,
  )
}

/** Biases that a file has beyond those of its family. */
interface Biases {
  readonly qkv: boolean
  readonly attentionOutput: boolean
  /** on gate, up and down */
  readonly feedForward: boolean
}

function biasesOf(config: Fields, { reads = [] }: Family): Biases {
  const all = reads.includes('attention_bias') && config.truth('attention_bias', false)
  return {
    qkv: all || config.truth('qkv_bias', false),
    attentionOutput: all || config.truth('attention_output_bias', false),
    feedForward: reads.includes('mlp_bias') && config.truth('mlp_bias', false),
  }
}

/** Named as their matrices are. */
function withBiases(layer: LayerTensorNames, biases: Biases): LayerTensorNames {
  if (!('qkv' in layer)) return layer // its family refuses them
  const biasOf = (name: string) => name.replace(/weight$/, 'bias')
  return {
    ...layer,
    ...(biases.qkv && { qkvBias: layer.qkv.map(biasOf) }),
    ...(biases.attentionOutput && { attentionOutputBias: biasOf(layer.attentionOutput) }),
    ...(biases.feedForward && {
      gateUpBias: layer.gateUp.map(biasOf),
      downBias: biasOf(layer.down),
    }),
  }
}

function refuseQuantized(config: Fields): void {
  const method = config.group('quantization_config')?.text('quant_method', 'of an unknown kind')
  if (method !== undefined) {
    throw new LongtabError(
      'unsupported-model',
      `the checkpoint is quantized (${method}); take one in F32, F16 or BF16, or a ${modelFormatNames} file`,
    )
  }
}

function refuse(config: Fields, name: string, { modelType }: Family): void {
  if (!config.truth(name, false)) return
  throw new LongtabError(
    'unsupported-model',
    `${name} is not supported in ${modelType} models; only those without it are`,
  )
}

/** @param usual of the family, where the file does not say; the head size where it does not follow from the others */
function readHeads(
  config: Fields,
  { head_dim: usual, num_attention_heads, num_key_value_heads }: Family['defaults'],
): Pick<ModelDescription, 'heads' | 'kvHeads' | 'headSize'> {
  const hidden = config.count('hidden_size')
  const heads = config.count('num_attention_heads', num_attention_heads)
  const kvHeads = config.count('num_key_value_heads', num_key_value_heads ?? heads)
  requireGroups(heads, kvHeads)
  if (!config.has('head_dim') && usual === undefined && hidden % heads !== 0) {
    throw new LongtabError(
      'bad-file',
      `config.json: hidden_size ${hidden} is not a multiple of num_attention_heads ${heads} and head_dim is missing`,
    )
  }
  const headSize = config.count('head_dim', usual ?? hidden / heads)
  requireHeadSize(headSize)
  return { heads, kvHeads, headSize }
}

/** Those of either file: one may name the end of a turn and the other that of a text. Ids outside the vocabulary (some files write −1 for none) can never be sampled and are left out. */
function readEndIds(config: Fields, generation: Fields, vocabulary: number): readonly number[] {
  const named = [...generation.ids('eos_token_id'), ...config.ids('eos_token_id')]
  const ids = named.filter((id) => id >= 0 && id < vocabulary)
  return [...new Set(ids)]
}
