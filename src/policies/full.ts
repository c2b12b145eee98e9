// Keeps everything: the reference that the others are measured against. Its cache grows with the document.
import type { OpenPolicy, Policy } from '../forward/policy.ts'

export const keepsAll: Policy = { evicts: false, evict: () => undefined }

export const full: OpenPolicy = async () => keepsAll
