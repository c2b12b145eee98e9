// A command serves what was named on its command line to its own tab, at addresses of 127.0.0.1 that nobody typed. Messages
// of the engine name those; people are told the path or the name that they gave.

/** address → what was typed; an address that ends in a slash is a folder's */
const typed = new Map<string, string>()

/** Remembers what stands behind an address, for the life of the process. */
export function typedAs(address: string, name: string): void {
  const isFolder = address.endsWith('/') && !/[/:]$/.test(name)
  const shown = isFolder ? `${name}/` : name
  typed.set(address, shown)
  typed.set(decoded(address), shown) // messages have a file's name as it is
}

/** The text with what was typed in place of addresses. */
export function asTyped(text: string): string {
  const longestFirst = [...typed].sort(([a], [b]) => b.length - a.length)
  return longestFirst.reduce((said, [address, name]) => {
    const parts = said.split(address)
    return parts.map((part, i) => (i === 0 ? part : name + asOnDisk(part))).join('')
  }, text)
}

/** What follows the address: the rest of a path, then words. A missing file has no address to check. */
function asOnDisk(rest: string): string {
  const path = /^[^\s;,]*/.exec(rest)?.[0] ?? ''
  const words = rest
    .slice(path.length)
    .replace(/^ answered 404 \(Not Found\); check the address/, ' does not exist')
  return decoded(path) + words
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
