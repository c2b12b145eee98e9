// Whether the shaders of a plan fit the device's workgroup memory, before any is compiled.
import { needs } from '../api/policies.ts'
import { columnSide } from '../kernels/column_stats.ts'
import type { Plan } from './plan.ts'
import { keepsUnits } from './recall_shape.ts'

/**
 * Attention that is measured column by column needs more of it than attention itself. Throws LongtabError `does-not-fit`.
 * @param allowed bytes of workgroup memory
 */
export function requireWorkgroupFit({ model, settings }: Plan, allowed: number): void {
  const measures = needs(settings.policy.name, 'attention sums') || keepsUnits(settings)
  if (measures) columnSide(model.headSize, allowed)
}
