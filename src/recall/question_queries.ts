// The queries of a question, before rotation, and their attention's lse in every layer: taken while the question runs over the
// document's cache.
import type { GpuMemory } from '../gpu/memory.ts'
import { qkvWidth, type Layer } from '../forward/layer.ts'
import type { RecallShape, recallBytes } from '../plan/recall_shape.ts'

export interface LayerQueries {
  /** (token, q · k · v) before rotation */
  readonly qkv: GPUBuffer
  /** (token, head): log Σ exp(attention score) over the document's cache */
  readonly lse: GPUBuffer
}

export interface QuestionQueries {
  /** (layer of the shape) */
  readonly layers: readonly LayerQueries[]
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
  const buffers = layers.map((layer) => ({
    qkv: memory.allocate('scratch', `queries of layer ${layer}`, bytes.queries),
    lse: memory.allocate('scratch', `lse of layer ${layer}`, bytes.queryLse),
  }))
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
    take({ index, recorder, model, rows: { count }, scratch: { qkv, lse } }) {
      const own = buffers[layers.indexOf(index)]
      if (index === first) {
        passed = next
        next += count
      }
      const from = Math.max(0, skipped - passed) // row of the pass
      if (!own || from >= count) return
      const to = passed + from - skipped
      const copyRows = (source: GPUBuffer, target: GPUBuffer, bytesOfRow: number) =>
        recorder.copy(
          source,
          from * bytesOfRow,
          target,
          to * bytesOfRow,
          (count - from) * bytesOfRow,
        )
      copyRows(qkv, own.qkv, 4 * qkvWidth(model))
      copyRows(lse, own.lse, 4 * model.heads)
    },
    taken: () => ({ first: skipped, count: next - skipped }),
  }
}
