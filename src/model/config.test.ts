import { describe as group, expect, it } from 'vitest'
import { LongtabError } from '../api/errors.ts'
import { describe, readDescription } from './config.ts'
import { openFiles } from '../testing/open_files.ts'

/** As the Hub had it for years. */
const older = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  hidden_size: 96,
  intermediate_size: 200,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  vocab_size: 1000,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  rope_scaling: null,
  tie_word_embeddings: true,
  eos_token_id: 2,
  torch_dtype: 'bfloat16',
}

/** The unscaled rotation. */
function turns(base: number, rotated: number) {
  return {
    frequencies: Array.from({ length: rotated / 2 }, (_, pair) =>
      Math.fround(1 / Math.fround(base ** Math.fround((2 * pair) / rotated))),
    ),
    gain: 1,
  }
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(older).filter(([name]) => !names.includes(name)))

group('a llama config', () => {
  it('of the older style', () => {
    const model = describe(older, {})
    expect(model).toMatchObject({
      family: 'llama',
      layers: 2,
      hidden: 96,
      heads: 6,
      kvHeads: 2,
      headSize: 16,
      feedForward: 200,
      vocabulary: 1000,
      normEpsilon: 1e-5,
      tiedEmbeddings: true,
      maxPositions: 4096,
      endIds: [2],
      normOffset: 0,
      activation: 'silu',
      attentionScale: 1 / 4,
    })
    expect(model.attention).toEqual(
      Array(2).fill({ rotary: turns(500_000, 16), window: undefined }),
    )
    expect(model.tensors.output).toBe('model.embed_tokens.weight')
    expect(model.tensors.layers).toHaveLength(2)
    expect(model.tensors.layers[1]!.down).toBe('model.layers.1.mlp.down_proj.weight')
  })

  it('of the newer style', () => {
    const newer = {
      ...without('rope_theta', 'rope_scaling', 'torch_dtype', 'tie_word_embeddings'),
      rope_parameters: { rope_type: 'default', rope_theta: 250_000 },
      head_dim: 32,
      dtype: 'bfloat16',
    }
    expect(describe(newer, {}).attention[1]!.rotary).toEqual(turns(250_000, 32))
    expect(describe(newer, {})).toMatchObject({
      headSize: 32,
      tiedEmbeddings: false,
      tensors: { output: 'lm_head.weight' },
    })
  })

  it('that leaves out what has a default', () => {
    const short = without(
      ...['architectures', 'num_key_value_heads', 'rope_theta', 'rope_scaling', 'rms_norm_eps'],
      ...['hidden_act', 'max_position_embeddings', 'eos_token_id'],
    )
    expect(describe({ ...short, head_dim: null }, {})).toMatchObject({
      kvHeads: 6,
      headSize: 16,
      normEpsilon: 1e-6,
      maxPositions: 2048,
      endIds: [],
    })
  })

  it('with a partial rotation, in either style', () => {
    const rotating = (config: object) => describe(config, {}).attention[0]!.rotary.frequencies
    const config = { ...older, partial_rotary_factor: 0.25 }
    expect(rotating(config)).toEqual([1, Math.fround(1 / Math.fround(500_000 ** 0.5))])
    const newer = { ...older, rope_parameters: { partial_rotary_factor: 0.5 } }
    expect(rotating(newer)).toHaveLength(4)
  })

  it('takes end ids from the generation config first', () => {
    expect(describe(older, { eos_token_id: [5, 6, 5] }).endIds).toEqual([5, 6, 2])
    expect(describe(older, { eos_token_id: null }).endIds).toEqual([2])
    expect(describe({ ...older, eos_token_id: [3, 4] }, {}).endIds).toEqual([3, 4])
    expect(describe({ ...older, eos_token_id: -1 }, {}).endIds).toEqual([])
  })
})

group('what the engine cannot run is named', () => {
  it.each([
    [
      { model_type: 'mamba', architectures: ['MambaForCausalLM'] },
      /model_type mamba, architecture MambaForCausalLM is not supported; supported: llama/,
    ],
    [
      { architectures: ['LlamaForSequenceClassification'] },
      /LlamaForSequenceClassification is not supp/,
    ],
    [{ hidden_act: 'gelu' }, /hidden_act gelu/],
    [
      { rope_scaling: { type: 'dynamic', factor: 2 } },
      /type dynamic is not supported; supported: default, linear/,
    ],
    [{ rope_parameters: { rope_type: 'mrope', rope_theta: 1e4 } }, /rope scaling of type mrope/],
    [{ quantization_config: { quant_method: 'gptq' } }, /quantized \(gptq\)/],
    [{ head_dim: 15 }, /head size 15 is odd/],
    [{ head_dim: 2 ** 20 }, /head size 1,048,576 is not supported; heads have at most 1,024/],
  ])('%j', (change, message) => {
    const describing = () => describe({ ...older, ...change }, {})
    expect(describing).toThrow(message)
    expect(describing).toThrow(expect.objectContaining({ code: 'unsupported-model' }) as Error)
  })
})

group('numbers that cannot be are refused', () => {
  it.each([
    [{ hidden_size: '96' }, /config\.json: hidden_size must be a whole number from 1 .* not "96"/],
    [{ hidden_size: 0 }, /hidden_size/],
    [{ num_hidden_layers: 1e9 }, /num_hidden_layers must be a whole number from 1 to 1,024/],
    [{ num_attention_heads: 2.5 }, /num_attention_heads/],
    [
      { num_key_value_heads: 4 },
      /num_attention_heads 6 is not a multiple of num_key_value_heads 4/,
    ],
    [
      { num_attention_heads: 7, num_key_value_heads: 7 },
      /hidden_size 96 is not a multiple of .* 7/,
    ],
    [{ vocab_size: null }, /config\.json lacks vocab_size/],
    [{ rms_norm_eps: -1 }, /rms_norm_eps must be a number above 0, not -1/],
    [{ rope_theta: 'big' }, /rope_theta must be a number above 0/],
    [{ rope_scaling: { factor: 2 } }, /config\.json: rope_scaling lacks type/],
    [{ rope_scaling: { type: 'linear' } }, /config\.json: rope_scaling lacks factor/],
    [
      { rope_scaling: { type: 'longrope', short_factor: [1, 2] } },
      /short_factor has 2 factors for 8 r/,
    ],
    [{ rope_scaling: 5 }, /rope_scaling must be an object, not 5/],
    [{ partial_rotary_factor: 0.2 }, /rotates 3 of 16/],
    [{ partial_rotary_factor: 2 }, /rotates 32 of 16/],
    [{ tie_word_embeddings: 'yes' }, /tie_word_embeddings must be true or false/],
    [{ eos_token_id: ['</s>'] }, /eos_token_id must be a token id/],
    [{ model_type: null }, /config\.json lacks model_type/],
  ])('%j', (change, message) => {
    const describing = () => describe({ ...older, ...change }, {})
    expect(describing).toThrow(message)
    expect(describing).toThrow(expect.objectContaining({ code: 'bad-file' }) as Error)
  })

  it('and so is a config that is no object', () => {
    expect(() => describe([], {})).toThrow('config.json must be an object')
    expect(() => describe(older, 'x')).toThrow('generation_config.json must be an object')
  })
})

it.each(['hidden_size', 'num_experts', 'architectures', 'tie_word_embeddings', 'moe'])(
  'a %s that nests too deep to be quoted is refused or passed over, never a defect',
  (name) => {
    const deep = JSON.parse('['.repeat(9000) + ']'.repeat(9000)) as unknown
    const opened = () => describe({ ...older, [name]: deep }, {})
    if (name === 'num_experts' || name === 'moe') expect(opened).not.toThrow()
    else expect(opened).toThrow(LongtabError)
  },
)

it('is read from a folder, with or without a generation config', async () => {
  const config = new File([JSON.stringify(older)], 'config.json')
  const generation = new File(['{"eos_token_id":[7]}'], 'generation_config.json')
  const ends = async (files: File[]) =>
    (await readDescription(openFiles(files, () => undefined))).endIds
  expect(await ends([config])).toEqual([2])
  expect(await ends([config, generation])).toEqual([7, 2])
})
