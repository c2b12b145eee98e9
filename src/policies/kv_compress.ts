// KV-Compress (arXiv 2410.00161; IsaacRe/vllm-kvcompress). A slot's score is the sum of squared shares of attention, over
// the last 32 queries and the query heads of the KV head. The highest of seven neighbours counts, and the newest 50 stay.
//
// The source evicts once, behind the whole prompt, and a threshold over all layers and heads decides how much each head
// loses. Here every chunk evicts, and heads have the slots that `allocation` reserved when the model was loaded.
import { byQueryWindow } from './query_window.ts'

export const kvCompress = byQueryWindow({
  queries: 32,
  sum: 'sumOfSquares',
  pooled: { by: 'highest', reach: 3 },
  spared: 50,
})
