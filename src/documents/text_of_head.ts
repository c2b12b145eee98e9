// The beginning of a text, as far as its kind can be told from it: signs of formats are ASCII, in whatever encoding.

/** Undefined where the bytes are no text that is known of. */
export function textOfHead(head: Uint8Array): string | undefined {
  const [first, second] = head
  const isLittle = first === 0xff && second === 0xfe
  const isBig = first === 0xfe && second === 0xff
  const encoding = isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8'
  if (encoding === 'utf-8' && head.includes(0)) return undefined
  return new TextDecoder(encoding).decode(head)
}
