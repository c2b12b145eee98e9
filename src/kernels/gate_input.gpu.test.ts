import { gateInput as expected } from '../../reference/gate_input.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { gateInput, gateInputGrid } from './gate_input.ts'

gpuTest.for([
  [12, 'gelu'],
  [70, 'silu'],
  [128, 'gelu'],
] as const)('inputs of %d values, %s', async ([width, activation], { gpu }) => {
  const [rows, layers, layer] = [3, 4, 2]
  const gate = randomValues(rows * width, 1).map((value) => 12 * value)
  const inputs = randomValues(rows * layers * width, 2)
  const gated = gpu.uploadRows(gate, width)
  await gpu.run(
    gateInput,
    { GELU: activation === 'gelu' ? 1 : 0 },
    {
      width,
      gate_width: padded(width),
      first: layer * width,
      input_width: padded(layers * width),
    },
    { inputs: gpu.uploadRows(inputs, layers * width), gate: gated },
    gateInputGrid(width, rows),
  )
  const description = { layers, layerInputWidth: width, activation }
  expectClose(
    await gpu.readRows(gated, width), // throws where padding is not zero
    expected(gate, inputs, layer, description),
    tolerance.sum,
  )
})
