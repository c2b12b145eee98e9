import { holdToTransformers } from '../testing/real_model.ts'

await holdToTransformers('qwen2.5-coder-0.5b', {
  decoded: ['chat evicted', 'code kept'],
  decodedTokens: 4,
})
