// What config.json says of Qwen 3.5 beyond the shapes. That the numbers mean what transformers takes them to mean, the fixture
// shows (fixtures/families.py).
import { expect, it } from 'vitest'
import { frequencies, read } from './small_config.fixture.ts'

const qwen = (config: object) => read({ model_type: 'qwen3_5_text', ...config })

it('has attention in every fourth layer, and a quarter of its heads rotates', () => {
  const model = qwen({})
  const net = 'gated delta net'
  expect(model).toMatchObject({
    kinds: [net, net, net, 'attention', net, net],
    headSize: 256,
    normOffset: 1,
    convolutionTaps: 4,
    deltaNet: { keyHeads: 16, valueHeads: 32, keySize: 128, valueSize: 128 },
  })
  expect(frequencies(model, 3)).toHaveLength(32)
  expect(qwen({ full_attention_interval: 2 }).kinds[1]).toBe('attention')
  const rope_parameters = { rope_type: 'default', partial_rotary_factor: 0.5, mrope_section: [1] }
  expect(frequencies(qwen({ rope_parameters }), 3)).toHaveLength(64)
})

it.each([
  [{ layer_types: Array(6).fill('mamba') }, 'layers of type mamba are not supported'],
  [{ layer_types: ['full_attention'] }, 'layer_types names 1 layers and num_hidden_layers is 6'],
  [{ layer_types: Array(6).fill('linear_attention') }, 'all 6 layers are linear attention'],
  [{ linear_conv_kernel_dim: 17 }, 'linear_conv_kernel_dim 17 is not supported'],
  [{ linear_key_head_dim: 256 }, 'linear_key_head_dim 256 is not supported'],
  [{ linear_value_head_dim: 24 }, 'linear_value_head_dim 24 is not supported'],
  [{ linear_num_key_heads: 5 }, 'linear_num_value_heads 32 is not a multiple of'],
  [{ attn_output_gate: false }, 'attn_output_gate false is not supported'],
  [{ hidden_act: 'gelu' }, 'hidden_act gelu is not supported'],
  [{ attention_bias: true }, 'attention_bias is not supported in qwen3_5_text models'],
  [{ num_experts: 8 }, 'experts'],
])('%o is refused', (config, message) => {
  expect(() => qwen(config)).toThrow(message)
})
