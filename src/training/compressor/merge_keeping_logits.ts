// Merging as in reading, except that the convolution's output, which blend overwrites, is copied for the backward pass.
import {
  blendOthers,
  convolveOthers,
  gatherOthers,
  mergeFor,
  mergeRows,
} from '../../policies/merge_others.ts'
import type { Policy } from '../../forward/policy.ts'

/** @param logits (kv head, merged, other) */
export function mergeKeepingLogits(logits: GPUBuffer): Policy['evict'] {
  return (layer, evictions) => {
    const merge = mergeFor(layer, evictions)
    if (merge?.evictions.length !== evictions.length)
      throw new Error('a document that is read leaves room for merged slots')
    const { merged, scratch } = merge.merging
    gatherOthers(layer, merge)
    convolveOthers(layer, merge)
    const bytes = 4 * merge.heads.length * merged * merge.others
    layer.recorder.copy(scratch.logits, 0, logits, 0, bytes)
    blendOthers(layer, merge)
    mergeRows(layer, merge)
    return []
  }
}
