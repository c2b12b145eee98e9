// Writes the document that questions are asked of to one file, or what has been read of one so far.
import type { ModelLocation } from '../files/location.ts'
import type { Engine } from '../forward/engine.ts'
import { aboutFile, type About } from '../saved/about.ts'
import { blobPart, bytesOfPart } from '../saved/part.ts'
import { writeSaved } from '../saved/write.ts'
import { documentParts, partNames } from './document_parts.ts'
import type { Meter } from './meter.ts'
import type { OpenDocument } from './open_document.ts'
import type { DocumentRecall } from './open_recall.ts'
import type { ReadResult, SaveRequest } from './protocol.ts'
import { readWith } from './read_with.ts'

/** A document that was read, or is being read. */
export interface Saveable extends Omit<OpenDocument, 'read'>, Pick<About, 'reading'> {
  readonly read: Omit<ReadResult, 'hostBytes' | 'savedBytes'>
}

/**
 * @param location of the model
 * Throws LongtabError `bad-input` where the text can no longer be read, `aborted`.
 */
export async function saveDocument(
  engine: Engine,
  recall: Pick<DocumentRecall, 'parts' | 'about'>,
  document: Saveable,
  location: ModelLocation,
  { title, source, found }: Pick<SaveRequest, 'title' | 'source' | 'found'>,
  meter: Pick<Meter, 'expect' | 'add' | 'finish'>,
  signal: AbortSignal,
): Promise<Blob> {
  const { form, isSkimmed, prefix, read, reading } = document
  const { tokens, prefilled, readMs } = read
  const { encoding, notes } = found
  const { cache, plan } = engine
  const about: About = {
    title,
    savedAt: Date.now(),
    model: { ...(await readWith(engine, location)), ...(source !== undefined && { source }) },
    settings: plan.settings,
    budgets: plan.budgets,
    document: { form, isSkimmed, prefix, tokens, prefilled, encoding, notes, readMs },
    ...(reading && { reading }),
    file: aboutFile(found),
    cache: {
      seen: cache.seen,
      heads: cache.layers.map(({ heads }) =>
        heads.map(({ capacity, occupied, merged }) => ({ capacity, occupied, merged })),
      ),
    },
    ...recall.about(),
  }
  const text = document.hasText ? [blobPart(partNames.text, await document.text())] : []
  const parts = [...text, ...documentParts(engine, recall, document)]
  meter.expect(parts.reduce((sum, part) => sum + bytesOfPart(part), 0))
  const saved = await writeSaved(about, parts, meter.add, signal)
  meter.finish()
  return saved
}
