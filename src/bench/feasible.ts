// Shapes that a device measures in minutes, estimated from its measured rate.
import { makePlan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import { efforts, usualLengths } from './efforts.ts'
import type { Ceilings, Effort } from './record.ts'
import { chunkWork, totalWork } from './roofline.ts'
import { describeShape, type Shape } from './shapes.ts'

/** Part of the multiply-add rate that a forward pass is expected to reach at least. */
const expectedShare = 0.2
/** Limit for one shape, unless it was requested. */
export const mostSeconds = 300

export function feasible(shape: Shape, effort: Effort, { flopPerSecond }: Ceilings): boolean {
  if (!flopPerSecond) return false
  const model = describeShape(shape)
  const plan = makePlan(
    model,
    resolveSettings({ policy: 'locret' }, model, { heads: {} }),
    shape.retainingWidth,
  )
  const chunks = usualLengths(efforts[effort]).reduce((sum, length) => sum + length, 0)
  const { flop } = totalWork(chunkWork(plan, plan.settings.budget, [plan.settings.chunk]))
  return (chunks * flop) / (expectedShare * flopPerSecond.median) < mostSeconds
}
