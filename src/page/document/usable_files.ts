// Several files as one document: what can be opened is; what cannot is named.
import { asSentence, explain } from '../errors.ts'

export interface Usable<Text> {
  readonly opened: readonly Text[]
  /** on those that were left out */
  readonly notes: readonly string[]
}

/** Throws what the first file's opening throws where none can be opened. */
export async function openUsable<Text>(
  files: readonly File[],
  open: (file: File) => Promise<Text>,
): Promise<Usable<Text>> {
  const opened: Text[] = []
  const notes: string[] = []
  let first: Error | undefined
  for (const file of files) {
    try {
      opened.push(await open(file))
    } catch (error) {
      first ??= error instanceof Error ? error : new Error(String(error))
      notes.push(asSentence(`Left out: ${explain(error).message}`))
    }
  }
  if (opened.length === 0 && first !== undefined) throw first
  return { opened, notes }
}
