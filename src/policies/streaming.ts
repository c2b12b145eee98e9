// StreamingLLM (arXiv 2309.17453): the first tokens, which attention uses as a sink, and the newest.
import { drop } from './drop.ts'
import type { Policy } from './policy.ts'

const sinks = 4

export const streaming: Policy = {
  name: 'streaming',
  needs: [],
  evicts: true,
  score: () => undefined, // order alone decides
  protect({ pinned, places }) {
    // an answer evicts among its own slots, and the document's sinks are pinned before them
    const first = pinned > 0 ? 0 : Math.min(sinks, places - 1)
    return { first, last: places - first }
  },
  evict(layer, eviction) {
    drop(streaming, layer, eviction)
  },
}
