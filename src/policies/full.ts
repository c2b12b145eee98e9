// Keeps everything: the full cache that the other policies are compared with. It grows with the document.
import type { OpenPolicy, Policy } from '../forward/policy.ts'

export const keepsAll: Policy = { evicts: false, evict: () => [] }

export const full: OpenPolicy = async () => keepsAll
