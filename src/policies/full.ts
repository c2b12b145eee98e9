// Keeps everything: the reference that the others are measured against. Its cache grows with the document.
import type { Policy } from '../forward/policy.ts'

export const full: Policy = {
  evicts: false,
  evict: () => undefined,
}
