import { expect, it } from 'vitest'
import { suggestedSampling } from './generation_config.ts'

it('reads what the makers suggest, and what they leave out as transformers has it', () => {
  const qwen = { do_sample: true, temperature: 0.7, top_p: 0.8, top_k: 20, eos_token_id: [1, 2] }
  expect(suggestedSampling(qwen)).toEqual({ temperature: 0.7, topK: 20, topP: 0.8 })
  expect(suggestedSampling({ do_sample: true })).toEqual({ temperature: 1, topK: 50, topP: 1 })
})

it('suggests nothing where the likeliest token is to be taken', () => {
  expect(suggestedSampling({ temperature: 0.6 })).toBeUndefined()
  expect(suggestedSampling({ do_sample: false, temperature: 0.6 })).toBeUndefined()
})

it('refuses numbers that cannot be', () => {
  expect(() => suggestedSampling({ do_sample: true, temperature: -1 })).toThrow(/temperature/)
})
