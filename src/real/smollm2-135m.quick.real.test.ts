// What `npm test real` checks: in software a token takes an eighth of a second to read, two seconds to decode.
import { holdToTransformers } from '../testing/real_model.ts'

await holdToTransformers('smollm2-135m', {
  runs: ['chat evicted', 'code evicted', 'arabic kept'],
  decoded: ['chat evicted'],
  decodedTokens: 3,
})
