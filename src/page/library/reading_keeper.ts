// Keeps a long reading on the way: a checkpoint of it stands in the library, and the whole document takes its place at the end.
// A short reading leaves nothing.

/** ms of a reading that is kept by itself, and between two checkpoints of it. */
export const longReadingMs = 60_000

export interface ReadingKeeper {
  /** A reading begins. @param id of the kept document that it goes on from */
  begin(id: string | undefined): void
  checkpoint(file: Blob): Promise<void>
  /** The reading has come to its end. @param readMs that it took @returns whether the document is kept now */
  finish(readMs: number, save: () => Promise<Blob>): Promise<boolean>
  /** of the reading's checkpoint in the library, or of the whole document; undefined where there is none */
  id(): string | undefined
}

export interface KeeperEvents {
  readonly keep: (file: Blob, id: string) => Promise<void>
  /** a checkpoint or the document could not be kept; what was kept before is still there */
  readonly failed: (error: unknown) => void
}

interface Kept {
  readonly id: string
  isThere: boolean
  hasFailed: boolean
}

export function createReadingKeeper(on: KeeperEvents): ReadingKeeper {
  let kept: Kept | undefined

  return {
    begin(id) {
      kept = { id: id ?? crypto.randomUUID(), isThere: id !== undefined, hasFailed: false }
    },
    async checkpoint(file) {
      const mine = kept
      if (mine === undefined || mine.hasFailed) return
      try {
        await on.keep(file, mine.id)
        mine.isThere = true
      } catch (error) {
        mine.hasFailed = true // the reading goes on, and is told of it once
        on.failed(error)
      }
    },
    async finish(readMs, save) {
      const mine = kept
      // one in a single chunk has no checkpoint, however long it took
      if (mine === undefined || (!mine.isThere && readMs < longReadingMs)) return false
      try {
        await on.keep(await save(), mine.id)
        mine.isThere = true
        return true
      } catch (error) {
        on.failed(error)
        return false
      }
    },
    id: () => (kept?.isThere === true ? kept.id : undefined),
  }
}
