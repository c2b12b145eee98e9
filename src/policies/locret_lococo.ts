// Locret and LoCoCo together (Locret paper, appendix H.2). Heavy slots are those with the highest scores of Locret's
// heads. Merged slots have the lowest possible score and are never heavy again.
import { locret } from './locret.ts'
import { mergeOthers } from './merge_others.ts'
import type { OpenPolicy } from '../forward/policy.ts'

export const locretLococo: OpenPolicy = async (given) => ({
  ...(await locret(given)),
  evict: mergeOthers,
})
