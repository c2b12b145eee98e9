// Keeps the newest. Nothing is scored, and of equal scores the later stay. With the first few tokens spared, which
// attention uses as a sink, this is StreamingLLM (arXiv 2309.17453); without, a sliding window.
import { drop } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const newest: OpenPolicy = async () => ({ evicts: true, evict: drop })
