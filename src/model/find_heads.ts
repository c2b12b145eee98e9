// Which retaining heads a model is read with: those that were named, those in its folder, or those known to be trained for
// it. Asked before settings are resolved, since what the engine does by default depends on the answer.
import type { HeadsOrigin, HeadsSource, KnownHeads } from '../api/model.ts'
import type { ModelDescription } from '../api/description.ts'
import { LongtabError } from '../api/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelFiles } from './model_files.ts'
import { knownHeadsFor } from './known_heads.ts'
import { openRetainingHeads, type RetainingHeads } from './retaining_heads.ts'
import type { ModelLocation } from '../files/location.ts'
import { locateFile } from './locate.ts'
import type { Sources } from './sources.ts'

export type LocatedHeads = KnownHeads<ModelLocation | Blob>

/** Heads that come with a page or module lie beside it, so they are not kept in the store. */
export function locateHeads(known: readonly KnownHeads[]): LocatedHeads[] {
  return known.map(({ file, ...of }) => ({ ...of, file: locateFile(file, { keep: false }) }))
}

/** A model whose heads are looked for. */
export interface Headless {
  readonly files: ModelFiles
  readonly description: ModelDescription
  /** called where they are looked into */
  readonly weights: () => Promise<Checkpoint>
  readonly sources: Sources
}

export interface FoundHeads {
  readonly heads: RetainingHeads | undefined
  readonly origin: HeadsOrigin
  /** why known heads could not be had */
  readonly problem?: LongtabError
}

export const headsName = 'heads.safetensors'

/**
 * Known heads that no server gives are done without, which `origin` says; all others that cannot be used are an error.
 * @param given named by the user
 * @param known looked at last
 * Throws LongtabError `bad-file`, `network`, `no-access`, `aborted`.
 */
export async function findHeads(
  { files, description, weights, sources }: Headless,
  given: HeadsSource | ModelLocation | undefined,
  known: readonly LocatedHeads[],
  signal?: AbortSignal,
): Promise<FoundHeads> {
  if (given !== undefined) {
    const file = sources.file(given, 'the heads file')
    const heads = await openRetainingHeads(file, description, signal)
    return { heads, origin: { from: 'given', note: `retaining heads: ${heads.name}` } }
  }
  if (await files.has(headsName, signal)) {
    const heads = await openRetainingHeads(files.file(headsName), description, signal)
    return { heads, origin: { from: 'folder', note: 'retaining heads: those in its folder' } }
  }
  const ours = await knownHeadsFor(known, description, weights, signal)
  return ours === undefined
    ? { heads: undefined, origin: noHeads }
    : openKnown(sources, ours, description, signal)
}

/** Those that no server gives are done without. */
export async function openKnown(
  sources: Sources,
  ours: LocatedHeads,
  description: ModelDescription,
  signal?: AbortSignal,
): Promise<FoundHeads> {
  const file = sources.file(ours.file, `the retaining heads for ${ours.model}`)
  try {
    const heads = await openRetainingHeads(file, description, signal)
    const { doubtBelow } = ours
    return {
      heads: { ...heads, doubtBelow },
      origin: {
        from: 'known',
        address: file.name,
        note: `retaining heads: ours, for ${ours.model}`,
      },
    }
  } catch (error) {
    if (!(error instanceof LongtabError) || !isUnreachable(error)) throw error
    const note = `there are retaining heads of ours for ${ours.model}, but ${error.message}`
    const problem = new LongtabError(error.code, note, { cause: error })
    return { heads: undefined, origin: { from: 'none', note }, problem }
  }
}

export const noHeads: HeadsOrigin = { from: 'none', note: 'no retaining heads' }

function isUnreachable({ code }: LongtabError): boolean {
  return code === 'network' || code === 'no-access'
}
