import source from '../../shaders/note_bad_numbers.wgsl'
import { ceilDiv, kernel } from '../gpu/kernel.ts'

/** Notes whether rows hold an infinity or NaN, see badNumbers. What was noted before stays. */
export const noteBadNumbers = kernel({
  name: 'note_bad_numbers',
  source,
  params: { first: 'u32', width: 'u32', row_width: 'u32', word: 'u32' },
  bindings: { values: 'read', noted: 'write' },
  constants: [],
})

/** Bits of what is noted. */
export const badNumbers = { infinity: 1, nan: 2 } as const

export function noteBadNumbersGrid(width: number, rows: number): readonly [number, number] {
  return [ceilDiv(width, 512), rows]
}
