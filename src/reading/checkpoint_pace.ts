// When the next checkpoint is due: not too soon after the last one, and not so often that making them takes a noticeable part
// of the reading.

/** Of the time of a reading, at most. */
const mostShare = 0.02

/** Bytes a millisecond that are expected of the first checkpoint: hashed, copied off the GPU and written. */
const expectedRate = 100_000

export interface CheckpointPace {
  /** @param bytes of the checkpoint that would be made now */
  isDue(bytes: number): boolean
  /** One of so many bytes is there, which took so long. */
  made(bytes: number, ms: number): void
}

/**
 * @param everyMs ms of reading between two, at least; 0 asks for one at every chance
 * @param now ms
 */
export function createCheckpointPace(
  everyMs: number,
  now: () => number = () => performance.now(),
): CheckpointPace {
  const began = now()
  let last = began
  let spent = 0 // ms
  let rate = expectedRate
  return {
    isDue(bytes) {
      if (everyMs === 0) return true
      return now() - last >= everyMs && spent + bytes / rate <= mostShare * (now() - began)
    },
    made(bytes, ms) {
      spent += ms
      rate = bytes / Math.max(1, ms)
      last = now()
    },
  }
}
