// The name of a text that has none: how it begins.

const mostWords = 6
const mostUnits = 40

/** `The ferry leaves at noon, and…`; never empty for a text with words. */
export function firstWords(text: string): string {
  const start = text.trimStart().slice(0, 2000).trimEnd() // a text may be as long as a book
  const all = start.split(/\s+/)
  let name = all.slice(0, mostWords).join(' ')
  if (name.length > mostUnits)
    name = name.slice(0, mostUnits).replace(/\s*\S*$/, '') || name.slice(0, mostUnits)
  return name.length < all.join(' ').length ? `${name.replace(/[\s.,;:–-]+$/, '')}…` : name
}
