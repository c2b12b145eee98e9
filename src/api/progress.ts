// What is under way, and the memory it takes.
/** What is happening, for progress bars. Delivered at most some ten times a second. */
export interface Progress {
  /** `download`: into this browser's store; `load`: onto the GPU, from wherever the files lie */
  readonly phase: 'download' | 'load' | 'compile' | 'read'
  /** bytes (download, load), pipelines (compile) or tokens (read) done */
  readonly done: number
  /** absent while unknown (a stream's length) */
  readonly total?: number
  /** of `done`, per second */
  readonly perSecond: number
  readonly secondsLeft?: number
  /** `read` only: the share of the document's bytes consumed, 0…1, when its length is known */
  readonly share?: number
  /** bytes on the GPU now */
  readonly gpuBytes: number
}

/** Bytes in live GPU buffers, summed at creation and destruction. */
export interface Memory {
  readonly weights: number
  readonly cache: number
  readonly scratch: number
  /** the highest sum so far */
  readonly peak: number
}
