import { mostLikeliest } from '../api/answer.ts'

/** Words of a place: a token's id, and the bits of its log-probability. */
export const wordsPerPlace = 2

/** Of the places of a token that was chosen and of the likeliest. */
export const logProbsBytes = 4 * wordsPerPlace * (1 + mostLikeliest)
