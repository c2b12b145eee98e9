import { gatedRmsNorm as expected } from '../../reference/gated_rms_norm.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { gatedRmsNorm } from './gated_rms_norm.ts'

gpuTest('every head of every row is normed and gated', async ({ gpu }) => {
  const [rows, heads, size, first_gate, mixedWidth] = [3, 2, 80, 21, 200]
  const width = heads * size
  const readout = randomValues(rows * width, 1)
  const mixed = randomValues(rows * mixedWidth, 2).map((value) => 4 * value)
  const weight = randomValues(size, 3)
  const buffer = gpu.uploadRows(readout, width)
  await gpu.run(
    gatedRmsNorm,
    {},
    {
      size,
      readout_width: padded(width),
      mixed_width: padded(mixedWidth),
      first_gate,
      epsilon: 1e-5,
    },
    { mixed: gpu.uploadRows(mixed, mixedWidth), weight: gpu.upload(weight), readout: buffer },
    [heads, rows],
  )
  const gates = mixed.filter((_, place) => {
    const column = (place % mixedWidth) - first_gate
    return column >= 0 && column < width
  })
  const right = expected(readout, gates, weight, 1e-5)
  expectClose(await gpu.readRows(buffer, width), right, tolerance.attention)
})
