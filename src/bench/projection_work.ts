// The least work of matrix products and norms, see roofline.ts.
import type { MatrixStorage } from '../api/settings.ts'
import { matrixBytes, padded } from '../model/matrix.ts'
import { storageOf } from '../model/matrix_sections.ts'
import type { Plan } from '../plan/plan.ts'

export interface Work {
  readonly flop: number
  readonly bytes: number
}

/** Of the model's matrices: models of the bench come from no file that could mix them. */
export function storageOfAll({ model, settings }: Plan): MatrixStorage {
  return storageOf(model, settings.storage.weights, model.tensors.embedding)
}

export function projectWork(
  plan: Plan,
  rows: number,
  outs: number,
  ins: number,
  target: 'into' | 'onto',
  storage = storageOfAll(plan),
): Work {
  const outputs = (target === 'into' ? 1 : 2) * 4 * rows * outs
  return {
    flop: 2 * rows * outs * ins,
    bytes: matrixBytes(outs, ins, storage) + 4 * rows * padded(ins) + outputs,
  }
}

/** A matrix times the norm of the residual stream; the norm is a separate step for several rows. */
export function normedWork(plan: Plan, rows: number, outs: number): Work {
  const { hidden } = plan.model
  const { flop, bytes } = projectWork(plan, rows, outs, hidden, 'into')
  return rows > 1 ? { flop, bytes } : { flop: flop + 4 * hidden, bytes: bytes + 4 * padded(hidden) }
}

export function normWork(rows: number, width: number): Work {
  return { flop: 4 * rows * width, bytes: 4 * padded(width) * (2 * rows + 1) }
}

/** Norms of so many heads of each row, in place. */
export function headNormWork(rows: number, heads: number, size: number): ['rms_norm_heads', Work] {
  const values = rows * heads * size
  return ['rms_norm_heads', { flop: 4 * values, bytes: 8 * values }]
}
