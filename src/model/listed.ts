// Names in a message: the first few, the rest counted.

const mostNamed = 3

/** `a, b, c and 5 more tensors` @param kind of what is counted */
export function listed(names: readonly string[], kind: string): string {
  const more = names.length - mostNamed
  const first = names.slice(0, mostNamed).join(', ')
  return more > 0 ? `${first} and ${more} more ${kind}` : first
}
