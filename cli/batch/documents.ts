// The documents of a folder: every file, also of the folders inside, in the order of their paths.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { comparePaths, isHidden } from '../../src/files/folder_order.ts'

/** Paths from the folder on, with `/` on every system. Hidden files, and links to folders, are left out. */
export async function documentsOf(folder: string): Promise<string[]> {
  return (await filesBelow(folder, '')).sort(inOrder)
}

/** The order of a run. Names that people take for the same, such as `1` and `01`, have one too. */
export function inOrder(a: string, b: string): number {
  return comparePaths(a, b) || (a < b ? -1 : a > b ? 1 : 0)
}

/** SHA-256 of each document's bytes, in hex; undefined where its file cannot be read. */
export type Hashes = ReadonlyMap<string, string | undefined>

export async function hashesOf(folder: string, documents: readonly string[]): Promise<Hashes> {
  const hashes = new Map<string, string | undefined>()
  for (const document of documents)
    hashes.set(document, await hashOf(join(folder, document)).catch(() => undefined))
  return hashes
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function filesBelow(folder: string, way: string): Promise<string[]> {
  const entries = await readdir(join(folder, way), { withFileTypes: true })
  const seen = entries.filter(({ name }) => !isHidden(name))
  const inside = seen.filter((entry) => entry.isDirectory())
  const deeper = await Promise.all(inside.map(({ name }) => filesBelow(folder, `${way}${name}/`)))
  const here = seen.filter((entry) => entry.isFile() || entry.isSymbolicLink())
  return [...here.map(({ name }) => way + name), ...deeper.flat()]
}
