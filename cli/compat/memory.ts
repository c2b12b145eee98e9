// What a document takes on the GPU, by the descriptions of the models in the page's list. Counted are a cache that keeps
// everything, the cache of fixed size, and the states of layers without attention.
import type { ModelDescription } from '../../src/api/description.ts'
import { digits } from '../../src/bench/report_values.ts'
import { table } from '../../src/bench/table.ts'
import { attentionEverywhere } from '../../src/model/layer_kinds.ts'
import { describePreset } from '../../src/model/preset.ts'
import { presets } from '../../src/model/presets.ts'
import { cacheBytes, keyValueBytes, mostSlots } from '../../src/plan/cache_bytes.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { resolveSettings } from '../../src/plan/settings.ts'

const tokens = 100_000

export interface DocumentMemory {
  /** bytes of keys and values of 100,000 tokens in 16 bits */
  readonly full: number
  /** bytes of the cache of fixed size with the usual settings, states included */
  readonly fixed: number
  /** slots of a KV head in it */
  readonly slots: number
  /** bytes of states */
  readonly states: number
}

export function documentMemory(model: ModelDescription): DocumentMemory {
  const settings = resolveSettings({ storage: { cache: 'f16' } }, model)
  const { capacities } = makePlan(model, settings, 0)
  const fixed = cacheBytes(model, capacities, 'f16')
  return {
    full: tokens * keyValueBytes(model, 'f16'),
    fixed,
    slots: mostSlots(capacities),
    states:
      fixed - cacheBytes({ ...model, kinds: attentionEverywhere(model.layers) }, capacities, 'f16'),
  }
}

export function memoryTable(): string {
  const offered = presets.filter(({ offered }) => offered)
  return table(
    ['model', 'family', 'layers', 'full cache', 'ours', 'of it states', 'slots'],
    offered.map((preset) => {
      const model = describePreset(preset)
      const { full, fixed, slots, states } = documentMemory(model)
      return [
        preset.name,
        `\`${model.family}\``,
        layersText(model),
        digits(full / 1e6),
        digits(fixed / 1e6),
        digits(states / 1e6),
        slots.toLocaleString('en-US'),
      ]
    }),
  )
}

/** How many layers there are of each kind. */
function layersText({ kinds }: ModelDescription): string {
  return [...new Set(kinds)]
    .toSorted()
    .map((kind) => `${kinds.filter((one) => one === kind).length} ${kind}`)
    .join(', ')
}
