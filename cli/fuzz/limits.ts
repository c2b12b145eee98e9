// What reading one input may take.

export const most = {
  /** of the processor, so that a busy machine fails nothing */
  ms: 2000,
  /** of silence, after which a process is ended */
  silentMs: 20_000,
  /** of the whole process */
  bytes: 2 ** 30,
  /** of JavaScript's heap, in MiB */
  heapMiB: 512,
}
