// What config.json says of LFM2 beyond the shapes. That the numbers mean what transformers takes them to mean, the fixture
// shows (fixtures/families.py).
import { expect, it } from 'vitest'
import { read } from './small_config.fixture.ts'

const layer_types = ['conv', 'conv', 'full_attention', 'conv', 'full_attention', 'conv']
const lfm2 = (config: object) => read({ model_type: 'lfm2', layer_types, ...config })

it('has attention where either style of file says so', () => {
  const model = lfm2({})
  expect(model.kinds.map((kind) => kind === 'attention')).toEqual([
    ...[false, false, true, false, true, false],
  ])
  expect(model.attention.map((own) => own?.rotary.frequencies.length)).toEqual([
    ...[undefined, undefined, 8, undefined, 8, undefined],
  ])
  const older = lfm2({ layer_types: undefined, full_attn_idxs: [2, 4] })
  expect(older).toEqual(model)
  expect(new Set(lfm2({ layer_types: undefined }).kinds)).toEqual(new Set(['attention']))
})

it.each([
  [{ block_ff_dim: 12_288 }, 8192], // LFM2-1.2B
  [{ block_ff_dim: 10_240, block_multiple_of: 256, block_ffn_dim_multiplier: 1 }, 6912],
  [{ intermediate_size: 8192, block_auto_adjust_ff_dim: false }, 8192],
  [{ intermediate_size: 100, block_ffn_dim_multiplier: null }, 66],
])('a feed-forward of %o has the width %d', (config, width) => {
  expect(lfm2(config).feedForward).toBe(width)
})

it('names its own norms and whether its embeddings are tied', () => {
  const model = lfm2({ norm_eps: 0.25, tie_embedding: false, tie_word_embeddings: true })
  expect(model).toMatchObject({ normEpsilon: 0.25, tiedEmbeddings: false, convolutionTaps: 3 })
  expect(model.tensors.finalNorm).toBe('model.embedding_norm.weight')
})

it.each([
  [{ layer_types: Array(6).fill('mamba') }, 'layers of type mamba are not supported'],
  [{ layer_types: ['conv'] }, 'layer_types names 1 layers and num_hidden_layers is 6'],
  [{ layer_types: Array(6).fill('conv') }, 'all 6 layers are convolutions'],
  [{ layer_types: null, full_attn_idxs: [6] }, 'full_attn_idxs names layer 6'],
  [{ conv_bias: true }, 'conv_bias is not supported in lfm2 models'],
  [{ conv_L_cache: 17 }, 'conv_L_cache 17 is not supported; short convolutions see at most 16'],
])('%o is refused', (config, message) => {
  expect(() => lfm2(config)).toThrow(message)
})
