// A document at an address: fetched to this disk before anything else is done, and deleted afterwards. A page cannot do so, since
// few servers let pages of other sites read what they send.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { RunError } from '../shell/command.ts'
import { isUrl } from '../shell/files.ts'
import type { AskCommand } from './options.ts'

/** Runs with the document on this disk. Throws RunError where it cannot be fetched. */
export async function withDocumentHere<Result>(
  command: AskCommand,
  run: (command: AskCommand) => Promise<Result>,
): Promise<Result> {
  const { document } = command
  if (document === undefined || !isUrl(document)) return run(command)
  const folder = await mkdtemp(join(tmpdir(), 'longtab-document-'))
  try {
    const here = join(folder, 'document')
    await fetchTo(document, here)
    return await run({ ...command, document: here })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a document is called: the last part of a path or address. */
export function documentName(document: string): string {
  if (!isUrl(document)) return basename(document)
  const { pathname, host } = new URL(document)
  return basename(decoded(pathname)) || host
}

async function fetchTo(address: string, path: string): Promise<void> {
  try {
    const response = await fetch(address)
    if (!response.ok || response.body === null)
      throw new Error(`its server answers ${response.status} ${response.statusText}`.trim())
    await pipeline(response.body, createWriteStream(path))
  } catch (error) {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    throw new RunError(
      `--document ${address} cannot be fetched: ${reason}; check the address, or name a file`,
    )
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
