// The queries of a question in every layer, before rotation. They are taken while the question runs over the document's cache.
import type { GpuMemory } from '../gpu/memory.ts'
import { qkvWidth, type Layer } from '../forward/layer.ts'
import type { RecallShape, recallBytes } from '../plan/recall_shape.ts'

export interface QuestionQueries {
  /** (layer of the shape) of (token, q · k · v) */
  readonly layers: readonly GPUBuffer[]
  /** Begins a question of so many tokens; the last `questionTokens` of them are taken. */
  readonly begin: (tokens: number) => void
  /** Records the copies of a layer of a pass. */
  readonly take: (layer: Layer) => void
  /** Which tokens of the question were taken since `begin`. */
  readonly taken: () => { readonly first: number; readonly count: number }
}

export function createQuestionQueries(
  memory: GpuMemory,
  { layers, questionTokens }: RecallShape,
  bytes: ReturnType<typeof recallBytes>,
): QuestionQueries {
  const buffers = layers.map((layer) =>
    memory.allocate('scratch', `queries of layer ${layer}`, bytes.queries),
  )
  const first = layers[0]
  let skipped = 0 // tokens of the question before those that are taken
  let passed = 0 // tokens of the question before the pass under way
  let next = 0 // and behind it

  return {
    layers: buffers,
    begin(tokens) {
      skipped = Math.max(0, tokens - questionTokens)
      passed = next = 0
    },
    take({ index, recorder, model, rows: { count }, scratch: { qkv } }) {
      const own = buffers[layers.indexOf(index)]
      if (index === first) {
        passed = next
        next += count
      }
      const from = Math.max(0, skipped - passed) // row of the pass
      if (!own || from >= count) return
      const to = passed + from - skipped
      const row = 4 * qkvWidth(model) // bytes
      recorder.copy(qkv, from * row, own, to * row, (count - from) * row)
    },
    taken: () => ({ first: skipped, count: next - skipped }),
  }
}
