// Numbers that look random and depend on nothing but their arguments: the same on every machine and, where a kernel draws
// them (common/pcg.wgsl), on every GPU.

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

/** A normally distributed number (Box and Muller). */
export function normal(seed: number, ...parts: readonly number[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, ...parts, 0)))
  return radius * Math.cos(2 * Math.PI * uniform(seed, ...parts, 1))
}

/** A generator of numbers 0 ≤ x < 1 one after the other, where what is drawn has no index of its own (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
