// The file that a batch writes: a line each time something is known, so that a run that was killed goes on from there.
import { existsSync } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { UsageError } from '../shell/command.ts'
import type { Hashes } from './documents.ts'
import { difference, hasFailed, type AnsweredLine, type Line, type Run } from './line.ts'

export interface Output {
  /** lines that were there and stay */
  readonly kept: readonly Line[]
  /** Resolves when the line is on the disk. */
  add(line: Line): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the file, which is made if missing. What will be asked again leaves it: a line that a kill cut in its middle, failures,
 * and answers of a document that has changed. Throws UsageError where the file is of another run.
 * @param hashes of the documents of this run
 */
export async function openOutput(path: string, run: Run, hashes: Hashes): Promise<Output> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : ''
  const end = text.lastIndexOf('\n') + 1
  const lines = linesOf(`--out ${path}`, text.slice(0, end))
  if (!isBegun(text.slice(end)))
    throw new UsageError(`--out ${path} does not end as a batch's file does; name another file`)
  for (const line of lines) {
    const other = difference(line, run)
    if (other !== undefined)
      throw new UsageError(`--out ${path} holds answers ${other}; name another file`)
  }
  const kept = lines.filter(
    (line) => !hasFailed(line) && (hashes.get(line.document) ?? line.hash) === line.hash,
  )
  await writeLines(path, kept)
  const file = await open(path, 'a')
  return {
    kept,
    async add(line) {
      await file.appendFile(written(line))
      await file.datasync()
    },
    close: () => file.close(),
  }
}

/**
 * The lines of a whole file. Throws UsageError for one that is none of a batch.
 * @param named what the file is called in messages
 */
export function linesOf(named: string, text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, i) => {
      const value = parsed(line)
      if (value !== undefined) return value
      throw new UsageError(`${named}, line ${i + 1}, is none of a batch; name another file`)
    })
}

/** Replaces the file at once, so that a kill leaves the old one or the new one. */
export async function writeLines(path: string, lines: readonly Line[]): Promise<void> {
  const unfinished = `${path}.part`
  await writeFile(unfinished, lines.map(written).join(''))
  await rename(unfinished, path)
}

/** Whether a kill may have left this of a line. */
function isBegun(text: string): boolean {
  const begin = '{"document":'
  return text.startsWith(begin) || begin.startsWith(text)
}

function written(line: Line): string {
  return `${JSON.stringify(line)}\n`
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function parsed(text: string): Line | undefined {
  try {
    const value = JSON.parse(text) as Readonly<Partial<Record<keyof AnsweredLine, unknown>>> | null
    const isLine =
      typeof value?.document === 'string' &&
      typeof value.model === 'string' &&
      typeof value.settings === 'object' &&
      value.settings !== null &&
      [value.hash, value.id, value.question].every(isTextOrNone) &&
      (value.number === undefined || typeof value.number === 'number')
    return isLine ? (value as unknown as Line) : undefined
  } catch {
    return undefined
  }
}
