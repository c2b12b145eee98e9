/** Tokens whose inputs the matvec kernels multiply at once; TOKENS in the shaders is this or 1. */
export const fewTokens = 4

/** Workgroup memory that they take then, on the most lanes: a vec4 of sums, and a square in those that norm. */
export const fewTokensBytes = (16 + 4) * 256 * fewTokens
