import { layerInputs as expected } from '../../reference/layer_inputs.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { layerInputs } from './layer_inputs.ts'

gpuTest.for([
  [3, 12],
  [2, 64],
  [5, 130],
] as const)('%d layers, inputs of %d values', async ([layers, width], { gpu }) => {
  const [rows, hidden, normEpsilon] = [3, 40, 1e-5]
  const values = layers * width
  const projected = randomValues(rows * values, 1).map((value) => 10 * value)
  const tokenRows = randomValues(rows * values, 2)
  const weight = randomValues(width, 3)
  const inputs = gpu.uploadRows(projected, values)
  await gpu.run(
    layerInputs,
    {},
    {
      width,
      row_width: padded(values),
      epsilon: normEpsilon,
      scale: 1 / Math.sqrt(hidden),
      row_scale: Math.sqrt(width),
      sum_scale: Math.SQRT1_2,
    },
    { weight: gpu.upload(weight), token_rows: gpu.uploadRows(tokenRows, values), inputs },
    [layers, rows],
  )
  const made = expected(projected, tokenRows, weight, { hidden, normEpsilon })
  expectClose(await gpu.readRows(inputs, values), made, tolerance.sum)
})
