// Locret and LoCoCo together (Locret paper, appendix H.2): heavy are the slots that Locret's heads score highest; merged
// slots have the lowest score there is and are never heavy again.
import { locret } from './locret.ts'
import { mergeOthers } from './merge_others.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const locretLococo: OpenPolicy = async (given) => ({
  ...(await locret(given)),
  evict: mergeOthers,
})
