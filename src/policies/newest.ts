// Keeps the newest tokens. Nothing is scored, and of equal scores the later stay. With sinks protected this is
// StreamingLLM (arXiv 2309.17453), without them a sliding window.
import { dropLowest } from './drop.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const newest: OpenPolicy = async () => ({ evicts: true, evict: dropLowest })
