// Reads the merged slots of a document back, on request.
import type { MergedSlots } from '../api/document.ts'
import { halvedIn } from '../model/rotated.ts'
import type { Rotary } from '../api/description.ts'
import { paddedHead, rowBytes } from '../plan/cache_bytes.ts'
import { readBuffer } from '../gpu/readback.ts'
import { fromHalf } from '../model/half.ts'
import { halvesDimension } from '../model/rotary_layout.ts'
import type { Engine } from '../forward/engine.ts'
import { requireMergeable } from '../plan/merging_shape.ts'

/**
 * Keys as they were merged: after rotation with positions `original`, else before. Dimensions are in the checkpoint's
 * order.
 * @returns (layer)
 */
export async function readMerged(engine: Engine): Promise<MergedSlots[]> {
  const { model, settings } = engine.plan
  return Promise.all(
    engine.cache.layers.map(async ({ keys, values, origins, heads }, layer) => {
      // every KV head that merged has the same number of merged slots
      const slots = Math.max(0, ...heads.map(({ merged }) => merged.end - merged.first))
      const rotary = model.attention[layer]?.rotary
      const halved = halvedIn(model, layer)
      const made: MergedSlots = {
        slots,
        keys: new Float32Array(model.kvHeads * slots * model.headSize),
        values: new Float32Array(model.kvHeads * slots * model.headSize),
      }
      for (const [head, { offset, merged }] of heads.entries()) {
        if (merged.end === merged.first || !rotary) continue
        const first = offset + merged.first
        const keyOrigins = new Uint32Array(
          await readBuffer(engine.gpu.device, origins, 4 * first, 4 * slots),
        )
        const rows = await readRows(engine, keys, first, slots)
        rows.forEach((row, i) => {
          const position = settings.positions === 'original' ? (keyOrigins[i] ?? 0) : undefined
          const turned = position === undefined ? row : turnedTo(position, row, rotary)
          made.keys.set(inCheckpointOrder(turned, halved), (head * slots + i) * row.length)
        })
        const own = await readRows(engine, values, first, slots)
        own.forEach((row, i) => made.values.set(row, (head * slots + i) * row.length))
      }
      return made
    }),
  )
}

/** (row) of (head size) */
async function readRows(
  { gpu, plan }: Engine,
  buffer: GPUBuffer,
  first: number,
  count: number,
): Promise<Float32Array[]> {
  const { headSize } = plan.model
  const wide = paddedHead(headSize)
  const storage = requireMergeable(plan.settings)
  const row = rowBytes(headSize, storage)
  const bytes = await readBuffer(gpu.device, buffer, first * row, count * row)
  let all: Float32Array
  if (storage === 'f32') all = new Float32Array(bytes)
  else {
    all = new Float32Array(count * wide)
    fromHalf(new Uint16Array(bytes), all)
  }
  return Array.from({ length: count }, (_, row) => all.slice(row * wide, row * wide + headSize))
}

/** @param halved see halvedIn */
function inCheckpointOrder(key: Float32Array, halved: number): Float32Array {
  const ordered = new Float32Array(key.length)
  key.forEach((value, dim) => (ordered[halvesDimension(dim, halved)] = value))
  return ordered
}

function turnedTo(position: number, key: Float32Array, rotary: Rotary): Float32Array {
  const { gain } = rotary
  // a document read at original positions has no length limit, so LongRoPE uses its frequencies for long buffers
  const frequencies = rotary.long?.frequencies ?? rotary.frequencies
  const rotated = key.slice()
  frequencies.forEach((frequency, pair) => {
    const [x = 0, y = 0] = key.subarray(2 * pair, 2 * pair + 2)
    const [cos, sin] = [Math.cos(position * frequency), Math.sin(position * frequency)]
    rotated[2 * pair] = gain * (x * cos - y * sin)
    rotated[2 * pair + 1] = gain * (y * cos + x * sin)
  })
  return rotated
}
