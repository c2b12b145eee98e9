// The bench's own kernel: random weights.
import fillF16 from '../../shaders/bench/fill.wgsl?F16'
import fillF32 from '../../shaders/bench/fill.wgsl?F32'
import { byStorage, ceilDiv, kernel } from '../gpu/kernel.ts'

/** Writes random values into the rows of a matrix, zeros into their padding. */
export const fill = byStorage({ f16: fillF16, f32: fillF32 }, (source) =>
  kernel({
    name: 'fill',
    source,
    params: {
      seed: 'u32',
      width: 'u32',
      row_eights: 'u32',
      eights: 'u32',
      centre: 'f32',
      spread: 'f32',
    },
    bindings: { matrix: 'write' },
    constants: [],
  }),
)

/** Lanes stride over the rest where the grid is too small. */
export function fillGrid(eights: number): readonly [number] {
  return [Math.min(ceilDiv(eights, 64), 8192)]
}
