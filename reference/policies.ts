// The policies: how a token is scored when it arrives.
import type { Settings } from '../src/engine/settings.ts'
import type { LayerCache, ReferenceModel } from './model.ts'
import { project } from './project.ts'
import { randomScore } from './random.ts'
import { score } from './score.ts'

export type ReadingSettings = Pick<
  Settings,
  | 'policy'
  | 'budget'
  | 'chunk'
  | 'stabilizers'
  | 'sinks'
  | 'allocation'
  | 'tail'
  | 'positions'
  | 'seed'
>

/** Where a block of rows goes: row r into slot `firstSlot` + r, with origin `firstOrigin` + r. */
export interface Block {
  readonly rows: number
  readonly firstSlot: number
  readonly firstOrigin: number
}

/** Writes the scores of a block's tokens into their slots. `qkv` (rows, q · k · v) is before rotation. */
export function judge(
  qkv: Float32Array,
  cache: LayerCache,
  block: Block,
  layerIndex: number,
  { description, layers }: ReferenceModel,
  settings: ReadingSettings,
): void {
  const { kvHeads } = description
  if (settings.policy === 'locret') {
    const head = layers[layerIndex]?.retaining
    if (head === undefined) throw new Error(`layer ${layerIndex} has no retaining head`)
    const hidden = project(qkv, head.fc1, qkv.length / block.rows)
    score(hidden, head.fc2, cache, kvHeads, block.firstSlot)
  }
  if (settings.policy === 'random') {
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      for (let row = 0; row < block.rows; row++) {
        const origin = block.firstOrigin + row
        cache.scores[kvHead * cache.slots + block.firstSlot + row] = randomScore(
          settings.seed,
          layerIndex,
          kvHead,
          origin,
        )
      }
    }
  }
}
