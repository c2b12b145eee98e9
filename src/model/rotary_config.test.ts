// Frequencies that are scaled for long texts, as families name them.
import { describe as group, expect, it } from 'vitest'
import { frequencies, read } from './families/small_config.fixture.ts'

group('llama 3.1', () => {
  const scaling = { factor: 8, low_freq_factor: 1, high_freq_factor: 4 }
  const original = { original_max_position_embeddings: 8192 }
  const scaled = read({
    model_type: 'llama',
    rope_theta: 500_000,
    rope_scaling: { rope_type: 'llama3', ...scaling, ...original },
  })
  const plain = read({ model_type: 'llama', rope_theta: 500_000 })

  it('slows long waves down, keeps short ones, and reads either style alike', () => {
    const ratios = frequencies(plain).map((f, pair) => f / frequencies(scaled)[pair]!)
    expect(ratios[0]).toBe(1)
    expect(ratios.at(-1)).toBeCloseTo(8, 5)
    expect(ratios.some((ratio) => ratio > 1.01 && ratio < 7.99)).toBe(true)
    const rope_parameters = { rope_type: 'llama3', rope_theta: 500_000, ...scaling, ...original }
    expect(read({ model_type: 'llama', rope_parameters })).toEqual(scaled)
  })
})

group('YaRN', () => {
  const yarn = { factor: 16, original_max_position_embeddings: 16_384 }

  it('keeps short waves, slows long ones down and takes the gain from the scales', () => {
    const { rotary } = read({ model_type: 'ministral3' }).attention[0]!
    const plain = { model_type: 'ministral3', rope_parameters: { rope_theta: 1_000_000 } }
    const ratios = frequencies(read(plain)).map((f, pair) => f / rotary.frequencies[pair]!)
    expect(ratios[0]).toBe(1)
    expect(ratios.at(-1)).toBeCloseTo(16, 4)
    expect(rotary).toMatchObject({ gain: 1, within: 16_384 })
  })

  it('without scales has the gain of the paper, in older and newer style', () => {
    const older = { rope_theta: 1_000_000, rope_scaling: { type: 'yarn', ...yarn } }
    const newer = { rope_parameters: { rope_type: 'yarn', rope_theta: 1_000_000, ...yarn } }
    const [one, other] = [older, newer].map((style) => read({ model_type: 'qwen3', ...style }))
    expect(one).toEqual(other)
    expect(one!.attention[0]!.rotary.gain).toBeCloseTo(1 + 0.1 * Math.log(16), 9)
  })
})
