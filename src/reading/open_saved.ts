// Opens a saved document: everything that reading would have left, on the GPU and outside it.
import { clearCache, growTo, type Engine } from '../forward/engine.ts'
import { slotBuffers, writeSlots } from '../forward/cache_slots.ts'
import { backTo } from '../forward/cache.ts'
import { partNames } from './document_parts.ts'
import { notKept } from './document_text.ts'
import type { OpenDocument } from './open_document.ts'
import type { DocumentRecall } from './open_recall.ts'
import type { Openable } from './openable.ts'

/** Nothing of the document before is left, also where this fails. */
export async function openSavedDocument(
  engine: Engine,
  recall: DocumentRecall,
  { file, about }: Openable,
  savedBytes: number,
  signal: AbortSignal,
): Promise<OpenDocument> {
  const { form, isSkimmed, prefix, ...told } = about.document
  const pieces = {
    firstChar: new Float64Array(await file.all(partNames.firstChars, signal)),
    firstToken: new Uint32Array(await file.all(partNames.firstTokens, signal)),
  }
  const gpuBytes = new Float64Array(await file.all(partNames.gpuBytes, signal))
  const tail =
    form === 'plain' ? new Uint32Array(await file.all(partNames.tail, signal)) : undefined
  clearCache(engine)
  await recall.begin(form, isSkimmed, prefix)
  await openCache(engine, { file, about }, signal)
  await recall.open(file, about)
  await recall.finish()
  return {
    form,
    isSkimmed,
    prefix,
    tail,
    read: {
      ...told,
      pieces,
      gpuBytesOverRead: Array.from({ length: gpuBytes.length / 2 }, (_, i) => [
        gpuBytes[2 * i] ?? 0,
        gpuBytes[2 * i + 1] ?? 0,
      ]),
      hostBytes: recall.bytes(),
      savedBytes,
    },
    text: file.has(partNames.text)
      ? () => Promise.resolve(file.blob(partNames.text))
      : () => Promise.reject(notKept()),
    hasText: file.has(partNames.text),
  }
}

/** Everything in use, where it was. */
async function openCache(
  engine: Engine,
  { file, about: { cache } }: Openable,
  signal: AbortSignal,
): Promise<void> {
  const { gpu, plan } = engine
  const grown = cache.heads[0]?.[0]?.capacity ?? 0
  if (grown > (plan.capacities[0]?.[0] ?? 0)) growTo(engine, grown) // only the policy `full`
  backTo(engine.cache, {
    heads: cache.heads.map((heads) =>
      heads.map(({ occupied, merged }) => ({ occupied, merged: { ...merged } })),
    ),
    seen: cache.seen,
  })
  for (const [index, layer] of engine.cache.layers.entries()) {
    for (const name of slotBuffers) {
      const portions = file.read(partNames.slots(index, name), signal)
      await writeSlots(gpu.device, layer, name, plan, portions)
    }
  }
}
