// SnapKV (arXiv 2404.14469), chunk by chunk: what the last 32 queries of a chunk look at, averaged over the official
// kernel size of five.
import { byQueryWindow } from './query_window.ts'

export const snapkv = byQueryWindow({
  queries: 32,
  sum: 'sumOfShares',
  pooled: { by: 'mean', reach: 2 },
  spared: 32,
})
