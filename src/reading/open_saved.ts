// Opens a saved document: everything that reading would have left, on the GPU and outside it. Of a checkpoint, what reading
// had made until then.
import { clearCache, growTo, type Engine } from '../forward/engine.ts'
import { slotBuffers, slotWidths, writeSlots } from '../forward/cache_slots.ts'
import { backTo, statesOf } from '../forward/cache.ts'
import { partNames } from './document_parts.ts'
import { notKept } from './document_text.ts'
import type { OpenDocument } from './open_document.ts'
import type { DocumentRecall } from './open_recall.ts'
import type { Openable } from './openable.ts'
import type { Begun } from './read.ts'
import type { SavedFile } from '../saved/read.ts'

/** Nothing of the document before is left, also where this fails. */
export async function openSavedDocument(
  engine: Engine,
  recall: DocumentRecall,
  { file, about }: Openable,
  savedBytes: number,
  signal: AbortSignal,
): Promise<OpenDocument> {
  const { form, isSkimmed, prefix, ...told } = about.document
  await openWhatWasRead(engine, recall, { file, about }, signal)
  await recall.finish()
  const pieces = {
    firstChar: new Float64Array(await file.all(partNames.firstChars, signal)),
    firstToken: new Uint32Array(await file.all(partNames.firstTokens, signal)),
  }
  const tail =
    form === 'plain' ? new Uint32Array(await file.all(partNames.tail, signal)) : undefined
  return {
    form,
    isSkimmed,
    prefix,
    tail,
    read: {
      ...told,
      pieces,
      gpuBytesOverRead: await gpuBytesOf(file, signal),
      hostBytes: recall.bytes(),
      savedBytes,
    },
    text: file.has(partNames.text)
      ? () => Promise.resolve(file.blob(partNames.text))
      : () => Promise.reject(notKept()),
    hasText: file.has(partNames.text),
  }
}

/** Everything as it was at a checkpoint. @returns what the reading goes on from */
export async function openCheckpoint(
  engine: Engine,
  recall: DocumentRecall,
  { file, about }: Openable,
  signal: AbortSignal,
): Promise<Begun> {
  await openWhatWasRead(engine, recall, { file, about }, signal)
  const { prefix, readMs } = about.document
  return { prefix, readMs, gpuBytesOverRead: await gpuBytesOf(file, signal) }
}

/** The text that is read on. The next checkpoint may take the place of the file, which cannot be read then. */
export async function textToReadOn({ file }: Openable, signal: AbortSignal): Promise<Blob> {
  const parts: Blob[] = []
  for await (const portion of file.read(partNames.text, signal)) parts.push(new Blob([portion]))
  return new Blob(parts)
}

async function openWhatWasRead(
  engine: Engine,
  recall: DocumentRecall,
  { file, about }: Openable,
  signal: AbortSignal,
): Promise<void> {
  const { form, isSkimmed, prefix } = about.document
  clearCache(engine)
  await recall.begin(form, isSkimmed, prefix)
  await openCache(engine, { file, about }, signal)
  await recall.open(file, about)
}

async function gpuBytesOf(file: SavedFile, signal: AbortSignal): Promise<[number, number][]> {
  const flat = new Float64Array(await file.all(partNames.gpuBytes, signal))
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0])
}

/** Everything in use, where it was. */
async function openCache(
  engine: Engine,
  { file, about: { cache } }: Openable,
  signal: AbortSignal,
): Promise<void> {
  const { gpu, plan } = engine
  const grown = cache.heads.flat()[0]?.capacity ?? 0
  if (grown > (plan.capacities.flat()[0] ?? 0)) growTo(engine, grown) // only the policy `full`
  backTo(engine.cache, {
    heads: cache.heads.map((heads) =>
      heads.map(({ occupied, merged }) => ({ occupied, merged: { ...merged } })),
    ),
    seen: cache.seen,
  })
  for (const [index, layer] of engine.cache.layers.entries()) {
    const widths = slotWidths(plan, index)
    for (const name of slotBuffers) {
      const portions = file.read(partNames.slots(index, name), signal)
      await writeSlots(gpu.device, layer, name, widths[name], portions)
    }
  }
  for (const { layer, name, buffer } of statesOf(engine.cache, plan.model))
    gpu.device.queue.writeBuffer(buffer, 0, await file.all(partNames.state(layer, name), signal))
}
