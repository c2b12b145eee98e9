// Against what was measured on one H200 (docs/research/results.md), and against its own parts.
import { expect, test } from 'vitest'
import { describe } from '../model/config.ts'
import { expectedSpeed } from './expected_speed.ts'
import { resolveSettings } from './settings.ts'

/** by `npm run bench`: GB/s, TFLOP/s, and 1.37 ms for 172 dispatches */
const h200 = {
  bytesPerSecond: 4194e9,
  flopPerSecond: 59.6e12,
  dispatchSeconds: 1.37e-3 / 172,
  measuredMs: 50,
}

const qwen = {
  ...{ model_type: 'qwen2', hidden_size: 896, intermediate_size: 4864, num_hidden_layers: 24 },
  ...{ num_attention_heads: 14, num_key_value_heads: 2, vocab_size: 151_936 },
  ...{ tie_word_embeddings: true, max_position_embeddings: 32_768 },
}
const llama = {
  ...{ model_type: 'llama', hidden_size: 2048, intermediate_size: 8192, num_hidden_layers: 16 },
  ...{ num_attention_heads: 32, num_key_value_heads: 8, vocab_size: 128_256 },
  ...{ tie_word_embeddings: true, max_position_embeddings: 131_072 },
}

const expected = (config: object, device = h200) => {
  const model = describe(config, {})
  const settings = resolveSettings({ storage: { weights: 'f16' } }, model)
  return expectedSpeed(model, settings, device)
}

test.each([
  ['Qwen2.5-0.5B', qwen, 12_069, 555],
  ['Llama 3.2 1B', llama, 6501, 618],
])('%s: within a third of what one H200 did', (_, config, read, answered) => {
  const { reading, answering } = expected(config)
  expect(Math.abs(Math.log(reading / read))).toBeLessThan(Math.log(4 / 3))
  expect(Math.abs(Math.log(answering / answered))).toBeLessThan(Math.log(4 / 3))
})

test('half the rate reads half as fast, and answers as fast', () => {
  const [full, half] = [h200, { ...h200, flopPerSecond: h200.flopPerSecond / 2 }].map((device) =>
    expected(llama, device),
  )
  expect(half!.reading / full!.reading).toBeCloseTo(1 / 2, 6)
  expect(half!.answering).toBe(full!.answering)
})

test('an embedding beside the output is not read for a token', () => {
  const free = { ...h200, dispatchSeconds: 0 }
  const [tied, untied] = [true, false].map((tie_word_embeddings) =>
    expected({ ...llama, tie_word_embeddings }, free),
  )
  expect(untied!.answering).toBeCloseTo(tied!.answering, 6)
  expect(untied!.reading).toBeCloseTo(tied!.reading, 6)
})

test('short convolutions look at no cache', () => {
  const lfm2 = (layer: string) => ({
    ...llama,
    model_type: 'lfm2',
    layer_types: Array.from({ length: 16 }, (_, i) => (i === 0 ? 'full_attention' : layer)),
  })
  expect(expected(lfm2('conv')).reading).toBeGreaterThan(expected(lfm2('full_attention')).reading)
})
