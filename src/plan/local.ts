// KV heads of layers with a sliding window see nothing but their newest units, whatever a policy keeps.
import type { Plan } from './plan.ts'

/** Whether the window is shorter than a head's budget: it keeps its newest tokens whatever the policy, it sees no others. */
export function isLocal({ model, budgets }: Plan, layer: number, kvHead: number): boolean {
  return (model.attention[layer]?.window ?? Infinity) < (budgets[layer]?.[kvHead] ?? 0)
}

/** Whether all KV heads of a layer are local: nobody asks for scores there. */
export function isLocalLayer(plan: Plan, layer: number): boolean {
  return (plan.budgets[layer] ?? []).every((_, kvHead) => isLocal(plan, layer, kvHead))
}
