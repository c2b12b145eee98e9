// What a GPU does at most, as far as a short measurement tells.

/** What a GPU does at most, by a measurement of a fraction of a second. */
export interface DeviceSpeed {
  /** Bytes that it reads from its memory in a second. */
  readonly bytesPerSecond: number
  /** Floating-point operations in a second; a multiply-add is two. */
  readonly flopPerSecond: number
  /** Seconds that a dispatch takes which does nothing and waits for the one before it. */
  readonly dispatchSeconds: number
  /** Milliseconds that the GPU was measured for. */
  readonly measuredMs: number
}

/** How fast a model is expected to be. */
export interface ExpectedSpeed {
  /** Tokens of a document read in a second. */
  readonly reading: number
  /** Tokens of an answer in a second. */
  readonly answering: number
}
