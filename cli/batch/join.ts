// Joins the files of shards into that of one run.
import { UsageError } from '../shell/command.ts'
import { inOrder } from './documents.ts'
import { difference, hasFailed, lineKey, type Line } from './line.ts'
import { linesOf } from './output.ts'

export interface ShardFile {
  readonly path: string
  readonly text: string
}

/** In the order of one run, each line once. Throws UsageError where the files do not belong together or are cut. */
export function joined(files: readonly ShardFile[]): Line[] {
  const parts = files.map(({ path, text }) => {
    if (!/(^|\n)$/.test(text))
      throw new UsageError(`${path} ends inside a line; run its shard again, then join`)
    return { path, lines: linesOf(path, text) }
  })
  requireOneRun(parts)
  const all = parts.flatMap(({ lines }) => lines)
  const answered = all.filter((line) => !hasFailed(line))
  const read = new Set(answered.map(({ document }) => document))
  const failed = all
    .filter(hasFailed)
    .filter(({ document, number }) => number !== undefined || !read.has(document))
  const known = new Map<string, Line>()
  for (const line of [...answered, ...failed]) {
    const key = lineKey(line)
    if (!known.has(key)) known.set(key, line)
  }
  return [...known.values()].sort(
    (a, b) => inOrder(a.document, b.document) || (a.number ?? 0) - (b.number ?? 0),
  )
}

interface Part {
  readonly path: string
  readonly lines: readonly Line[]
}

function requireOneRun(parts: readonly Part[]): void {
  let first: { path: string; line: Line } | undefined
  const hashes = new Map<string, { path: string; hash: string }>()
  for (const { path, lines } of parts)
    for (const line of lines) {
      first ??= { path, line }
      const other = difference(first.line, line)
      if (other !== undefined)
        throw new UsageError(
          `${first.path} holds answers ${other} as ${path} does; join files of one run`,
        )
      const { document, hash } = line
      if (hash === undefined) continue
      const before = hashes.get(document) ?? { path, hash }
      hashes.set(document, before)
      if (before.hash !== hash)
        throw new UsageError(
          `${document} has hash ${before.hash} in ${before.path} and ${hash} in ${path}; run the shard of the older one again`,
        )
    }
}
