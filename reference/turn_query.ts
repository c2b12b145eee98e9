// A query as attention takes it: turned to its position and, where norms act on turned heads, with the weights of both.
import { at } from './at.ts'
import type { AttentionShape } from './model.ts'
import { rotate } from './rotary.ts'

/**
 * @param query (headSize), before rotation
 * @returns (headSize)
 */
export function turnQuery(
  query: Float32Array,
  position: number,
  { rotary, turnedNorms }: AttentionShape,
): Float32Array {
  const turned = rotate(query, position, rotary)
  if (!turnedNorms) return turned
  return turned.map((value, dim) => value * at(turnedNorms.query, dim) * at(turnedNorms.key, dim))
}
