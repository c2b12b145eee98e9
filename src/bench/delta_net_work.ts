// The least work of a layer that is a gated delta net, see roofline.ts.
import { deltaChunk } from '../kernels/delta_net.ts'
import { deltaWithinValues } from '../kernels/delta_net.ts'
import { deltaNetOf, deltaWidths } from '../model/delta_net_shape.ts'
import type { Plan } from '../plan/plan.ts'
import { headNormWork, normedWork, projectWork, type Work } from './projection_work.ts'

/** Its steps, beside those that other layers have. */
export type DeltaNetWork =
  | 'project mixed'
  | 'silu_convolution'
  | 'rms_norm_heads'
  | 'delta_within'
  | 'delta_scan'
  | 'delta_step'
  | 'gated_rms_norm'
  | 'project delta output'

/** Of one layer, without norm and feed-forward. */
export function deltaNetWork(plan: Plan, rows: number): [DeltaNetWork, Work][] {
  const { hidden, convolutionTaps: taps } = plan.model
  const shape = deltaNetOf(plan.model)
  const { channels, values, mixed } = deltaWidths(shape)
  const convolved = {
    flop: rows * channels * (2 * taps + 4),
    bytes: 4 * channels * (2 * rows + taps),
  }
  return [
    ['project mixed', normedWork(plan, rows, mixed)],
    ['silu_convolution', convolved],
    headNormWork(rows, 2 * shape.keyHeads, shape.keySize),
    ...(rows === 1 ? stepWork(plan) : chunksWork(plan, rows)),
    ['gated_rms_norm', { flop: 9 * rows * values, bytes: 12 * rows * values }],
    ['project delta output', projectWork(plan, rows, hidden, values, 'onto')],
  ]
}

/** A token meets, on average, half of its chunk. */
function chunksWork({ model }: Plan, rows: number): [DeltaNetWork, Work][] {
  const shape = deltaNetOf(model)
  const { valueHeads, keySize, valueSize } = shape
  const { keys, channels, values } = deltaWidths(shape)
  const met = (deltaChunk + 1) / 2
  const tokens = rows * valueHeads
  const within = 4 * deltaWithinValues(shape, rows)
  const solving = deltaChunk ** 2 / 3 // a triangle, by forward substitution
  return [
    [
      'delta_within',
      { flop: tokens * (4 * keySize * met + solving), bytes: 8 * rows * keys + within },
    ],
    [
      'delta_scan',
      {
        flop: tokens * valueSize * (6 * keySize + 4 * met),
        bytes: within + 4 * rows * (channels + values) + 8 * valueHeads * keySize * valueSize,
      },
    ],
  ]
}

/** One token: its state is read and written once. */
function stepWork({ model }: Plan): [DeltaNetWork, Work][] {
  const shape = deltaNetOf(model)
  const { channels, values } = deltaWidths(shape)
  const state = shape.valueHeads * shape.keySize * shape.valueSize
  return [['delta_step', { flop: 7 * state, bytes: 8 * state + 4 * (channels + values) }]]
}
