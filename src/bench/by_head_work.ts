// Counts the dispatches of attention and eviction when every head's budget is full. The sum of slots over workgroups
// bounds the time of a GPU that runs few at once. The longest workgroup of every dispatch bounds it on a GPU that runs
// all at once.
import type { Plan } from '../plan/plan.ts'
import { mostSpans } from '../forward/run_layer.ts'
import { spansOfRows, type TileSize } from '../kernels/attend_chunk.ts'
import { compactGrid } from '../kernels/compact.ts'
import type { CountedWork } from './record.ts'
import { spansOf, spanSlots } from '../kernels/token_span.ts'

/** A chunk of one block, its eviction, and a token. */
export function countWork(plan: Plan, tile: TileSize): CountedWork[] {
  const { model, settings, budgets } = plan
  const { chunk, storage } = settings
  const [, partsOfRow] = compactGrid(1, model.headSize, storage.cache)
  const ofAllLayers = [budgets.flat().map((budget) => budget + chunk)]
  /** (dispatch, workgroup): slots */
  const kernels: Record<string, readonly (readonly number[])[]> = {
    attend_chunk: budgets.map((units) => attendChunkSlots(plan, units, tile)),
    select: ofAllLayers,
    list_survivors: ofAllLayers,
    compact: budgets.map((units) =>
      units.flatMap((budget) => Array.from({ length: partsOfRow }, () => budget)),
    ),
    // all lanes of a span run, one slot each
    attend_token: budgets.map((units) =>
      units.flatMap((budget) => Array.from({ length: spansOf(budget + 1) }, () => spanSlots)),
    ),
  }
  return Object.entries(kernels).map(([kernel, dispatches]) => ({
    kernel,
    workgroups: dispatches.flat().length,
    slots: dispatches.flat().reduce((sum, slots) => sum + slots, 0),
    longest: dispatches.reduce((sum, slots) => sum + Math.max(...slots), 0),
  }))
}

/** (workgroup): slots of whole tiles, as attend_chunk.wgsl splits them. */
function attendChunkSlots(
  { model, settings }: Plan,
  units: readonly number[],
  { QUERIES, SLOTS }: TileSize,
): number[] {
  const rows = settings.chunk
  const group = model.heads / model.kvHeads
  const visible = units.map((budget) => budget + rows)
  const heads = units.map((budget) => ({ offset: 0, first_slot: budget }))
  const longest = settings.budget + rows
  const spanned = spansOfRows(heads, visible, longest, mostSpans(model))
  return spanned.flatMap(({ first_slot, spans }) =>
    Array.from({ length: Math.ceil((rows * group) / QUERIES) }, (_, tile) => {
      const last = Math.min(QUERIES * (tile + 1), rows * group) - 1
      const tiles = Math.ceil((first_slot + Math.floor(last / group) + 1) / SLOTS)
      const from = (span: number) => Math.floor((span * tiles) / spans)
      return Array.from({ length: spans }, (_, span) => SLOTS * (from(span + 1) - from(span)))
    }).flat(),
  )
}
