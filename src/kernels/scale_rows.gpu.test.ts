import { scaleRows as expected } from '../../reference/scale_rows.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { scaleRows, scaleRowsGrid } from './scale_rows.ts'

gpuTest.for([12, 300] as const)('rows of %d values', async (width, { gpu }) => {
  const rows = randomValues(3 * width, 1)
  const scaled = gpu.uploadRows(rows, width)
  const quads = padded(width) / 4
  await gpu.run(
    scaleRows,
    {},
    { row_quads: quads },
    { scale: gpu.upload(Float32Array.of(0.3)), rows: scaled },
    scaleRowsGrid(quads, 2),
  )
  expected(rows.subarray(0, 2 * width), 0.3) // and no row behind them
  expectClose(await gpu.readRows(scaled, width), rows, tolerance.sum)
})
