// Keeps a long reading on the way: a checkpoint of it stands in the library, and the whole document takes its place at the end.
// A reading that is shorter than the time to the first checkpoint leaves nothing.
import type { Checkpoints } from '../../index.ts'

export interface ReadingKeeper {
  /** Takes checkpoints of the reading that begins. @param id of the kept document that it goes on from */
  begin(id: string | undefined): Checkpoints['keep']
  /** The reading has come to its end. @returns whether the document is kept now */
  finish(save: () => Promise<Blob>): Promise<boolean>
}

export interface KeeperEvents {
  readonly keep: (file: Blob, id: string) => Promise<void>
  /** a checkpoint or the document could not be kept; what was kept before is still there */
  readonly failed: (error: unknown) => void
}

export function createReadingKeeper(on: KeeperEvents): ReadingKeeper {
  let kept: { readonly id: string; isThere: boolean } | undefined

  return {
    begin(id) {
      const mine = { id: id ?? crypto.randomUUID(), isThere: id !== undefined }
      kept = mine
      let hasFailed = false
      return async (file) => {
        if (kept !== mine || hasFailed) return
        try {
          await on.keep(file, mine.id)
          mine.isThere = true
        } catch (error) {
          hasFailed = true // the reading goes on, and is told of it once
          on.failed(error)
        }
      }
    },
    async finish(save) {
      const mine = kept
      if (mine?.isThere !== true) return false
      try {
        await on.keep(await save(), mine.id)
        return true
      } catch (error) {
        on.failed(error)
        return false
      }
    },
  }
}
