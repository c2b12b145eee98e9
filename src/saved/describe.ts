// What a saved document says of itself, for whoever lists saved documents.
import type { SavedDocument } from '../api/saved.ts'
import { readFrom, requireAbout } from './about.ts'
import { textName } from './contents.ts'
import { openSavedFile } from './read.ts'

/**
 * Looks at a saved document's header, without a model.
 * @throws LongtabError `bad-file` for what is no saved document, or one of another version, cut or with a damaged header.
 * @example
 * const { title, model, settings } = await describeSaved(file)
 * const document = await (await load(model.source, settings)).open(file)
 */
export async function describeSaved(file: Blob): Promise<SavedDocument> {
  const opened = await openSavedFile(file)
  const about = requireAbout(opened)
  const { title, savedAt, document, reading, model, settings } = about
  const { format, places } = readFrom(about)
  const { source, revision, fingerprint, shape } = model
  return {
    title,
    savedAt,
    tokens: document.tokens,
    share: reading?.share ?? 1,
    bytes: file.size,
    model: { source, ...(revision !== undefined && { revision }), fingerprint, shape },
    settings,
    format,
    places,
    text: opened.has(textName) ? opened.blob(textName) : undefined,
  }
}
