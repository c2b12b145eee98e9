// What is in dist/, what it is made from, and whether it is older than that. Apart from the building itself, which takes
// a second to load: most calls find everything built.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dist, products, root, type ProductName } from './paths.ts'

/** Builds those whose sources changed since. */
export async function ensureBuilt(...names: ProductName[]): Promise<void> {
  for (const name of names) {
    const { stamp, sources } = products[name]
    const changes = await Promise.all(sources.map((source) => changedAt(join(root, source))))
    if (Math.max(...changes) < (await changedAt(join(dist, stamp)))) continue
    const { bundle } = await import('./bundle.ts')
    await bundle(name)
  }
}

/** When a file, or anything in a folder, last changed (ms); −∞ when it is not there. Folders count: files may vanish. */
async function changedAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return -Infinity
  if (!found.isDirectory()) return found.mtimeMs
  const names = (await readdir(path)).filter((name) => !name.endsWith('.test.ts'))
  const inside = await Promise.all(names.map((name) => changedAt(join(path, name))))
  return Math.max(found.mtimeMs, ...inside)
}
