// What is under way, and the memory it takes.

/** What is happening, for progress bars. It is told at most ten times a second. */
export interface Progress {
  /**
   * What is under way: `download` into this browser's store, `load` onto the GPU from wherever the files lie, `compile` of
   * the shaders, `read` of a document. `save` writes a document that was read, `open` takes one that was saved.
   */
  readonly phase: 'download' | 'load' | 'compile' | 'read' | 'save' | 'open'
  /** What is done: bytes (`download`, `load`, `save`, `open`), pipelines (`compile`) or tokens (`read`). */
  readonly done: number
  /** What there is to do, in the unit of `done`. `undefined` while unknown, as for a stream. */
  readonly total?: number
  /** Units of `done` per second. */
  readonly perSecond: number
  /** Seconds to go. `undefined` while unknown. */
  readonly secondsLeft?: number
  /** The share 0…1 of the document's bytes that is read. `undefined` in other phases and while the length is unknown. */
  readonly share?: number
  /** Bytes on the GPU now. */
  readonly gpuBytes: number
}

/** Bytes in live GPU buffers, counted as buffers are made and freed. */
export interface Memory {
  /** Bytes of the weights of model, heads and compressor. */
  readonly weights: number
  /** Bytes of the keys and values. */
  readonly cache: number
  /** Bytes of the buffers that every block reuses. */
  readonly scratch: number
  /** The highest sum of the three so far, in bytes. */
  readonly peak: number
}
