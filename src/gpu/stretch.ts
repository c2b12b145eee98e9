// What a kernel's binding covers: a buffer, or a stretch of one.

/**
 * Consecutive bytes of a buffer, bound as if they were a buffer of their own. A recorder keeps its bindings by the object, so
 * each stretch is made once.
 */
export interface Stretch {
  readonly buffer: GPUBuffer
  /** a multiple of `stretchAlignment` */
  readonly offset: number
  readonly size: number
}

export type Bound = GPUBuffer | Stretch

/** Bytes at whose multiples a stretch may begin on every device. */
export const stretchAlignment = 256

/** A buffer as a stretch, and a stretch as it is. */
export function stretchOf(bound: Bound): Stretch {
  return 'buffer' in bound ? bound : { buffer: bound, offset: 0, size: bound.size }
}
