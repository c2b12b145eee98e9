// Soft-capping (Gemma 2): cap · tanh(x / cap).

/** @param cap undefined for none */
export function capped(x: number, cap: number | undefined): number {
  return cap === undefined ? x : cap * Math.tanh(x / cap)
}
