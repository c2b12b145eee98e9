// Whether a saved document can be opened with the model that is loaded. Nothing is changed here: what is refused leaves the
// document that was read before as it is.
import { LongtabError } from '../api/errors.ts'
import type { ModelLocation } from '../files/location.ts'
import { slotBuffers, slotWidths } from '../forward/cache_slots.ts'
import type { Engine } from '../forward/engine.ts'
import { bytesOfShape, stateShapes } from '../plan/state_bytes.ts'
import { keepsUnits } from '../plan/recall_shape.ts'
import { requireAbout, type About } from '../saved/about.ts'
import { openSavedFile, type SavedFile } from '../saved/read.ts'
import { partNames } from './document_parts.ts'
import type { Meter } from './meter.ts'
import { readWith } from './read_with.ts'
import { requireSameReader } from './same_reader.ts'

export interface Openable {
  readonly file: SavedFile
  readonly about: About
}

/**
 * Checks the whole file.
 * @param location of the model that is loaded
 * Throws LongtabError `bad-file`, `other-model`, `bad-setting`, `aborted`.
 */
export async function requireOpenable(
  engine: Engine,
  location: ModelLocation,
  blob: Blob,
  meter: Pick<Meter, 'expect' | 'add'>,
  signal: AbortSignal,
): Promise<Openable> {
  const file = await openSavedFile(blob)
  const about = requireAbout(file)
  requireSameReader(file.name, about, await readWith(engine, location), engine.plan)
  requireCache(file, about, engine)
  meter.expect(file.bytes)
  await file.check(meter.add, signal)
  return { file, about }
}

/** Throws LongtabError `bad-file` unless the cache that is told of is one that this engine can have, and its parts hold it. */
function requireCache(
  file: SavedFile,
  { cache, document, reading, units, passages }: About,
  { plan, policy }: Engine,
): void {
  const grown = cache.heads.flat()[0]?.capacity ?? 0
  const bad = (why: string) =>
    new LongtabError('bad-file', `${file.name} ${why}; save the document again`)
  if (cache.heads.length !== plan.capacities.length)
    throw bad(`holds ${cache.heads.length} layers and the model has ${plan.capacities.length}`)
  cache.heads.forEach((heads, layer) => {
    const planned = plan.capacities[layer] ?? []
    if (heads.length !== planned.length)
      throw bad(`holds ${heads.length} KV heads of layer ${layer} and it has ${planned.length}`)
    heads.forEach(({ capacity, occupied, merged }, kvHead) => {
      const slots = policy.evicts ? planned[kvHead] : grown
      if (capacity !== slots || occupied > capacity)
        throw bad(
          `holds ${occupied} of ${capacity} slots of a KV head of layer ${layer} and it has ${slots ?? 0}`,
        )
      if (merged.first > merged.end || merged.end > occupied)
        throw bad(`holds merged slots to ${merged.end} of ${occupied} of layer ${layer}`)
    })
    const occupied = heads.reduce((sum, head) => sum + head.occupied, 0)
    const widths = slotWidths(plan, layer)
    for (const name of slotBuffers)
      file.requireBytes(partNames.slots(layer, name), occupied * widths[name])
    for (const { name, shape } of stateShapes(plan.model, plan.model.kinds[layer] ?? 'attention'))
      file.requireBytes(partNames.state(layer, name), bytesOfShape(shape))
  })
  file.requireBytes(partNames.firstChars, 2 * file.bytesOf(partNames.firstTokens))
  file.requireBytes(partNames.gpuBytes, 16 * Math.floor(file.bytesOf(partNames.gpuBytes) / 16))
  const { recall } = plan.settings
  if (keepsUnits(plan.settings) !== (units !== undefined)) throw bad('holds no units')
  const hasPassages = recall !== 'none' && document.form === 'chat' && reading === undefined
  if (hasPassages !== (passages !== undefined)) throw bad('holds no passages')
  if (reading && !file.has(partNames.text)) throw bad('holds no text to read on from')
}
