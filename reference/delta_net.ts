// The gated delta rule, token by token (transformers, `torch_recurrent_gated_delta_rule`). The kernels delta_within,
// delta_scan and delta_step compute the same.
import type { DeltaNetShape, ModelDescription } from '../src/api/description.ts'
import { at, dot } from './at.ts'

/** A model's delta nets, with the widths of what a token brings: of all key heads, all value heads, q · k · v, and of all. */
export function deltaShape({ deltaNet: shape }: Pick<ModelDescription, 'deltaNet'>) {
  if (!shape) throw new RangeError('the model has no delta nets')
  const keys = shape.keyHeads * shape.keySize
  const values = shape.valueHeads * shape.valueSize
  const channels = 2 * keys + values
  return { ...shape, keys, values, channels, mixed: channels + values + 2 * shape.valueHeads }
}

/** @returns Σ of squares is one: x / √(Σx² + 1e-6), head by head */
export function unitHeads(x: Float32Array, size: number): Float32Array {
  const units = new Float32Array(x.length)
  for (let start = 0; start < x.length; start += size) {
    const length = Math.sqrt(dot(x, start, x, start, size) + 1e-6)
    for (let dim = start; dim < start + size; dim++) units[dim] = at(x, dim) / length
  }
  return units
}

/** What tokens bring to a value head, row by row. */
export interface DeltaInputs {
  /** (rows, key heads · key size), of length 1/√(key size) in every head */
  readonly queries: Float32Array
  /** (rows, key heads · key size), of length 1 in every head */
  readonly keys: Float32Array
  /** (rows, value heads · value size) */
  readonly values: Float32Array
  /** (rows, value heads): before the sigmoid */
  readonly betas: Float32Array
  /** (rows, value heads): before the softplus */
  readonly decays: Float32Array
}

/**
 * @param rates (value heads), `A_log` of the checkpoint
 * @param offsets (value heads), `dt_bias` of the checkpoint
 * @param state (value heads, key size, value size), changed in place
 * @returns what the tokens read: (rows, value heads · value size)
 */
export function deltaNet(
  { queries, keys, values, betas, decays }: DeltaInputs,
  rates: Float32Array,
  offsets: Float32Array,
  state: Float32Array,
  { keyHeads, valueHeads, keySize, valueSize, sharing }: DeltaNetShape,
): Float32Array {
  const readout = new Float32Array(values.length)
  for (let row = 0; row < betas.length / valueHeads; row++) {
    for (let head = 0; head < valueHeads; head++) {
      const gate = row * valueHeads + head
      const beta = 1 / (1 + Math.exp(-at(betas, gate)))
      const step = Math.log1p(Math.exp(at(decays, gate) + at(offsets, head)))
      const stays = Math.exp(-Math.exp(at(rates, head)) * step)
      const sharer = sharing === 'in turn' ? head % keyHeads : (head * keyHeads) / valueHeads
      const key = (row * keyHeads + Math.floor(sharer)) * keySize
      const value = (row * valueHeads + head) * valueSize
      for (let column = 0; column < valueSize; column++) {
        const places = Array.from(
          { length: keySize },
          (_, dim) => (head * keySize + dim) * valueSize + column,
        )
        const sum = (of: Float32Array) =>
          places.reduce((total, place, dim) => total + at(state, place) * at(of, key + dim), 0)
        for (const place of places) state[place] = at(state, place) * stays
        const news = beta * (at(values, value + column) - sum(keys))
        places.forEach((place, dim) => {
          state[place] = at(state, place) + news * at(keys, key + dim)
        })
        readout[value + column] = sum(queries)
      }
    }
  }
  return readout
}
