import { holdToTransformers } from '../testing/real_model.ts'

await holdToTransformers('gemma-3-270m', { decoded: ['code evicted'], decodedTokens: 4 })
