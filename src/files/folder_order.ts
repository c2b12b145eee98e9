// The files of a folder as people see them, wherever it lies: in the order of their names, without hidden ones.

/**
 * Whether a file or folder is one that systems or version control put there.
 * @param name without its path
 * @throws Nothing.
 */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || ['__MACOSX', 'Thumbs.db', 'desktop.ini'].includes(name)
}

/**
 * Orders paths as people do: `chapter 2` before `chapter 10`, folder by folder.
 * @throws Nothing.
 */
export function comparePaths(a: string, b: string): number {
  const [those, these] = [a.split('/'), b.split('/')]
  const at = those.findIndex((name, i) => name !== these[i])
  return at < 0 ? those.length - these.length : byName.compare(those[at] ?? '', these[at] ?? '')
}

const byName = new Intl.Collator('en', { numeric: true })
