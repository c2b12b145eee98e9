// Cuts a stream of token ids into chunks and holds out the last tokens. It looks one token ahead: the last chunk is
// evicted differently, and a stream does not announce its end.

export interface Chunk {
  /** (tokens), at most the chunk size */
  readonly ids: Uint32Array
  readonly isLast: boolean
}

/**
 * Yields the chunks of all but the last `held` ids, and returns those.
 * @param pieces ids in portions of any length
 */
export async function* cutChunks(
  pieces: AsyncIterable<ArrayLike<number>>,
  size: number,
  held: number,
): AsyncGenerator<Chunk, Uint32Array> {
  let waiting: number[] = []
  for await (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) waiting.push(piece[i] ?? 0)
    let taken = 0
    while (waiting.length - taken > size + held) {
      yield { ids: Uint32Array.from(waiting.slice(taken, taken + size)), isLast: false }
      taken += size
    }
    waiting = waiting.slice(taken)
  }
  const end = Math.max(0, waiting.length - held)
  if (end > 0) yield { ids: Uint32Array.from(waiting.slice(0, end)), isLast: true }
  return Uint32Array.from(waiting.slice(end))
}
