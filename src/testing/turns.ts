import { at } from '../../reference/at.ts'
import { inverseFrequencies } from '../../reference/rotary.ts'
import type { Rotary } from '../model/description.ts'
import { paddedWidth } from './rows.ts'

/** turns (digit, value, pair) = (cos, sin) of value · 512^digit · frequency; pairs past the last turn by nothing */
export function turnTable(rotary: Rotary, headSize: number): Float32Array {
  const frequencies = inverseFrequencies(rotary)
  const pairs = paddedWidth(headSize, 8) / 2
  const table = new Float32Array(3 * 512 * pairs * 2)
  for (let digit = 0; digit < 3; digit++) {
    for (let value = 0; value < 512; value++) {
      for (let pair = 0; pair < pairs; pair++) {
        const angle = pair < frequencies.length ? value * 512 ** digit * at(frequencies, pair) : 0
        table.set([Math.cos(angle), Math.sin(angle)], 2 * ((digit * 512 + value) * pairs + pair))
      }
    }
  }
  return table
}
