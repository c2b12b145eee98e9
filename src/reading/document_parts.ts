// A document as the parts of a file, besides its text.
import type { Pieces } from '../api/document.ts'
import { readDocumentState, readSlots, slotBuffers, slotWidths } from '../forward/cache_slots.ts'
import { statesOf, type LayerBuffers } from '../forward/cache.ts'
import type { Engine } from '../forward/engine.ts'
import { bytesOfShape, type StateName } from '../plan/state_bytes.ts'
import { textName } from '../saved/contents.ts'
import { listPart, type Part } from '../saved/part.ts'
import type { OpenDocument } from './open_document.ts'
import type { DocumentRecall } from './open_recall.ts'
import type { ReadResult } from './protocol.ts'

export const partNames = {
  text: textName,
  tail: 'tail',
  firstChars: 'pieces.first_chars',
  firstTokens: 'pieces.first_tokens',
  gpuBytes: 'gpu_bytes_over_read',
  slots: (layer: number, name: keyof LayerBuffers) => `layers.${layer}.${name}`,
  state: (layer: number, name: StateName) => `layers.${layer}.${name}`,
}

export function documentParts(
  { gpu, cache, plan }: Engine,
  recall: Pick<DocumentRecall, 'parts'>,
  {
    read,
    tail,
  }: Pick<OpenDocument, 'tail'> & {
    readonly read: Pick<ReadResult, 'pieces' | 'gpuBytesOverRead'>
  },
): Part[] {
  const { pieces, gpuBytesOverRead } = read
  const layers = cache.layers.flatMap((layer, index) => {
    const occupied = layer.heads.reduce((sum, head) => sum + head.occupied, 0)
    const widths = slotWidths(plan, index)
    return slotBuffers.map((name): Part => ({
      name: partNames.slots(index, name),
      ...valuesOf(name, plan, widths[name], occupied),
      bytes: () => readSlots(gpu.device, layer, name, widths[name]),
    }))
  })
  const states = statesOf(cache, plan.model).map(({ layer, name, buffer, shape }): Part => {
    const bytes = () => readDocumentState(gpu.device, buffer, bytesOfShape(shape))
    return { name: partNames.state(layer, name), dtype: 'F32', shape, bytes }
  })
  return [
    ...piecesParts(pieces),
    listPart(partNames.gpuBytes, Float64Array.from(gpuBytesOverRead.flat()), [
      gpuBytesOverRead.length,
      2,
    ]),
    ...(tail === undefined ? [] : [listPart(partNames.tail, tail)]),
    ...layers,
    ...states,
    ...recall.parts(),
  ]
}

function piecesParts({ firstChar, firstToken }: Pieces): Part[] {
  return [
    listPart(partNames.firstChars, Float64Array.from(firstChar)),
    listPart(partNames.firstTokens, Uint32Array.from(firstToken)),
  ]
}

/** Rows of codes are bytes, all others are values. @param width bytes of a slot @param occupied slots in use of all KV heads */
function valuesOf(
  name: keyof LayerBuffers,
  plan: Engine['plan'],
  width: number,
  occupied: number,
): Pick<Part, 'dtype' | 'shape'> {
  if (name === 'scores') return { dtype: 'F32', shape: [occupied] }
  if (name === 'origins') return { dtype: 'U32', shape: [occupied] }
  switch (plan.settings.storage.cache) {
    case 'f32':
      return { dtype: 'F32', shape: [occupied, width / 4] }
    case 'f16':
      return { dtype: 'F16', shape: [occupied, width / 2] }
    case 'int8':
    case 'int4':
      return { dtype: 'U8', shape: [occupied, width] }
  }
}
