// Whether the shaders of a plan fit the device's workgroup memory, before any is compiled.
import { needs } from '../api/policies.ts'
import { attendTile } from '../kernels/attend_chunk.ts'
import { partOfGroup } from '../kernels/attend_token.ts'
import { columnSide } from '../kernels/column_stats.ts'
import { inLayers } from '../model/layer_shape.ts'
import type { Plan } from './plan.ts'
import { keepsUnits } from './recall_shape.ts'

/**
 * Attention that is measured column by column needs more of it than attention itself. Throws LongtabError `does-not-fit`.
 * @param allowed bytes of workgroup memory
 */
export function requireWorkgroupFit({ model, settings }: Plan, allowed: number): void {
  const { cache } = settings.storage
  const measures = needs(settings.policy.name, 'attention sums') || keepsUnits(settings)
  for (const { heads, kvHeads, headSize } of inLayers(model)) {
    attendTile(headSize, allowed, cache)
    partOfGroup(heads / kvHeads, headSize, allowed, cache)
    if (measures) columnSide(headSize, allowed)
  }
}
