import { holdToTransformers } from '../testing/real_model.ts'

await holdToTransformers('smollm2-135m', {
  decoded: ['chat evicted', 'code kept'],
  decodedTokens: 4,
})
