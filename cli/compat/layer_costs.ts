// What reading costs in a layer of each kind: models of random weights that differ by some layers of one kind alone read a
// text, and the difference is theirs. Feed-forward layers are narrow, since they are alike in all kinds.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LayerKind } from '../../src/api/description.ts'
import type * as Longtab from '../../src/index.ts'
import { describe } from '../../src/model/config.ts'
import { requiredTensors } from '../../src/model/required_tensors.ts'
import { writeSafetensors, type WritableTensor } from '../../src/model/safetensors/write.ts'
import { randomValues } from '../../src/testing/random.ts'
import { root } from '../build/paths.ts'
import type { Measured } from './agreement.ts'
import { filesOf } from './fixtures.ts'

export interface LayerCosts extends Measured {
  readonly tokens: number
  /** milliseconds of a layer for all tokens, without its feed-forward */
  readonly ms: Partial<Record<LayerKind, number>>
}

export const layerCostsFile = join(root, 'cli/compat/layer_costs.json')

export async function keptLayerCosts(): Promise<LayerCosts> {
  return JSON.parse(await readFile(layerCostsFile, 'utf8')) as LayerCosts
}

/** A model with so many layers of one kind beside one of attention. */
interface Recipe {
  readonly config: (layers: number) => Readonly<Record<string, unknown>>
  /** with a tokenizer for the vocabulary */
  readonly folder: string
}

/** in the widths of LFM2-350M */
const lfm2 = (attention: number, convolutions: number) => ({
  ...{ model_type: 'lfm2', vocab_size: 270, hidden_size: 1024, max_position_embeddings: 8192 },
  ...{
    block_ff_dim: 32,
    block_auto_adjust_ff_dim: false,
    num_hidden_layers: attention + convolutions,
  },
  ...{ num_attention_heads: 16, num_key_value_heads: 8 },
  layer_types: [
    ...Array<string>(attention).fill('full_attention'),
    ...Array<string>(convolutions).fill('conv'),
  ],
})

/** in the widths of Qwen3.5-0.8B */
const qwen35 = (attention: number, nets: number) => ({
  ...{ model_type: 'qwen3_5_text', vocab_size: 270, hidden_size: 1024 },
  ...{ max_position_embeddings: 8192, intermediate_size: 32, num_hidden_layers: attention + nets },
  ...{ num_attention_heads: 8, num_key_value_heads: 2, head_dim: 256 },
  ...{ linear_num_key_heads: 16, linear_num_value_heads: 16, linear_conv_kernel_dim: 4 },
  ...{ linear_key_head_dim: 128, linear_value_head_dim: 128 },
  layer_types: [
    ...Array<string>(attention).fill('full_attention'),
    ...Array<string>(nets).fill('linear_attention'),
  ],
})

const recipes: Partial<Record<LayerKind, Recipe>> = {
  attention: { config: (layers) => lfm2(1 + layers, 0), folder: 'lfm2' },
  'short convolution': { config: (layers) => lfm2(1, layers), folder: 'lfm2' },
  'gated delta net': { config: (layers) => qwen35(1, layers), folder: 'qwen3_5' },
}

const tokens = 2048
const moreLayers = 4
const repetitions = 3

/** @param load of the built module */
export async function measureLayerCosts(
  load: typeof Longtab.load,
  gpu: GPU,
  onKind: (kind: string, ms: number) => void,
): Promise<Pick<LayerCosts, 'tokens' | 'ms'>> {
  const costs: Partial<Record<LayerKind, number>> = {}
  for (const [kind, { config, folder }] of Object.entries(recipes)) {
    const [few, many] = [
      await readingMs(load, gpu, config(1), folder),
      await readingMs(load, gpu, config(1 + moreLayers), folder),
    ]
    const ms = Math.round((many - few) / moreLayers)
    costs[kind as LayerKind] = ms
    onKind(kind, ms)
  }
  return { tokens, ms: costs }
}

/** Of the fastest of several readings: other work on the machine only adds to it. */
async function readingMs(
  load: typeof Longtab.load,
  gpu: GPU,
  config: object,
  folder: string,
): Promise<number> {
  const model = await load(await filesOfRandomModel(config, folder), {
    ...{ gpu, budget: tokens + 16, chunk: tokens, tail: 64, local: 1 },
    policy: 'streaming',
    storage: { weights: 'f16', cache: 'f16' },
  })
  try {
    const times: number[] = []
    for (let i = 0; i < repetitions; i++)
      times.push((await model.read('q'.repeat(tokens), { form: 'plain' })).readMs)
    return Math.min(...times)
  } finally {
    await model.close()
  }
}

/** @param folder of fixtures/families whose tokenizer it has */
async function filesOfRandomModel(config: object, folder: string): Promise<File[]> {
  const tensors = [...requiredTensors(describe(config, {}))].map(randomTensor)
  const beside = await filesOf(join(root, 'fixtures/families', folder))
  return [
    new File([JSON.stringify(config)], 'config.json'),
    new File([writeSafetensors(tensors)], 'model.safetensors'),
    ...beside.filter(({ name }) => name.startsWith('tokenizer')),
  ]
}

/** Norms are ones; products of the others stay as large as what they are made of. */
function randomTensor(
  [name, shape]: readonly [string, readonly number[]],
  index: number,
): WritableTensor {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  const [ins = 1] = shape.slice(-1)
  if (shape.length === 1) values.fill(1)
  else values.set(randomValues(values.length, index).map((value) => value * Math.sqrt(3 / ins)))
  return { name, shape, values, dtype: 'F16' }
}
