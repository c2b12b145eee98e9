// Goes on with a reading from its checkpoint.
import type { Progress } from '../api/progress.ts'
import { readFrom } from '../saved/about.ts'
import { createCheckpoints } from './checkpoints.ts'
import type { Debug } from './debug.ts'
import { textOf } from './document_text.ts'
import { createMeter } from './meter.ts'
import type { OpenDocument } from './open_document.ts'
import { openCheckpoint, textToReadOn } from './open_saved.ts'
import type { Openable } from './openable.ts'
import type { KeepCheckpoint, OpenRequest } from './protocol.ts'
import { readDocument, type Reader } from './read.ts'

export interface ReadingOn {
  readonly checkpoints: OpenRequest['checkpoints']
  readonly keep: KeepCheckpoint
  readonly onProgress: (progress: Progress) => void
  readonly debug: Debug
  readonly signal: AbortSignal
}

/** @param share 0…1 of the document's bytes that was read */
export async function readOn(
  reader: Reader,
  openable: Openable,
  share: number,
  { checkpoints, keep, onProgress, debug, signal }: ReadingOn,
): Promise<OpenDocument> {
  const { engine, recall } = reader
  const { about } = openable
  const { form, isSkimmed, tokens, encoding, notes } = about.document
  const begun = await openCheckpoint(engine, recall, openable, signal)
  const meter = createMeter('read', engine.gpu, onProgress)
  meter.from(tokens, share)
  const found = { ...readFrom(about), encoding, notes, ...checkpoints?.from }
  const told = checkpoints && { title: about.title, source: undefined, ...checkpoints, found }
  const reading = {
    ...{ form, isSkimmed, meter, debug, signal },
    text: textOf(await textToReadOn(openable, signal), 'utf-8', true),
    checkpoint: told && createCheckpoints(reader, told, keep, signal),
  }
  const document = await readDocument(reader, reading, begun)
  const { read } = document
  return { ...document, read: { ...read, encoding, notes: [...notes, ...read.notes] } }
}
