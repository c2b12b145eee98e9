// Whether a streamed text may end with the beginning of a mark.

/** UTF-16 units at the end of the text that are a prefix of the mark. */
export function overlap(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length
  }
  return 0
}
