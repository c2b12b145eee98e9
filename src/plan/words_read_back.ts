// What comes back from the GPU while it answers and reads.
import { fewTokens } from '../kernels/few_tokens.ts'
import { logProbsBytes } from '../kernels/log_prob_words.ts'

/** Decode steps in flight. */
export const stepsInFlight = 3

/** Words that a step sends back at most: the ids of a draft, or one id and its log-probabilities. */
export const stepWords = Math.max(fewTokens, 1 + logProbsBytes / 4)

/** Of the steps' ring, and of the word that is noted of bad numbers. Buffers are multiples of 16 bytes. */
export const readBackBytes = (stepsInFlight + 1) * 16 * Math.ceil(stepWords / 4) + 16
