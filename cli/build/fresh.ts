// The products in dist/, their sources, and whether they are out of date. Separate from the build itself, which takes a
// second to load and is rarely needed.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dist, products, root, type ProductName } from './paths.ts'

/** Builds the products whose sources have changed. */
export async function ensureBuilt(...names: ProductName[]): Promise<void> {
  for (const name of names) {
    const { stamp, sources } = products[name]
    const changes = await Promise.all(sources.map((source) => changedAt(join(root, source))))
    if (Math.max(...changes) < (await changedAt(join(dist, stamp)))) continue
    const { bundle } = await import('./bundle.ts')
    await bundle(name)
  }
}

/**
 * When a file, or anything in a folder, last changed (ms); −∞ when it does not exist. Folders count too, since files may
 * be deleted.
 */
async function changedAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return -Infinity
  if (!found.isDirectory()) return found.mtimeMs
  const names = (await readdir(path)).filter((name) => !name.endsWith('.test.ts'))
  const inside = await Promise.all(names.map((name) => changedAt(join(path, name))))
  return Math.max(found.mtimeMs, ...inside)
}
