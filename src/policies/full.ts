// Keeps everything: the reference that the others are measured against. Its cache grows with the document.
import type { Policy } from './policy.ts'

export const full: Policy = {
  name: 'full',
  needs: [],
  evicts: false,
  score: () => undefined,
  protect: () => ({ first: 0, last: 0 }),
  evict: () => undefined,
}
