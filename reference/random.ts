// Numbers that look random and depend on nothing but their arguments, so that the GPU draws the same ones.

/** PCG's 32-bit output hash (Jarzynski and Olano 2020, "Hash Functions for GPU Rendering", section 4). */
export function pcg(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0
  return ((word >>> 22) ^ word) >>> 0
}

/** Hashes a list of integers, each mixed into the hash of those before it, to a number in [0, 1). */
export function uniform(seed: number, ...parts: readonly number[]): number {
  const hash = parts.reduce((h, part) => pcg(h ^ part), pcg(seed))
  return (hash >>> 8) / 2 ** 24
}

/** The `random` policy's score of a token: the same wherever the token's slot is. */
export function randomScore(seed: number, layer: number, kvHead: number, origin: number): number {
  return uniform(seed, layer, kvHead, origin)
}
