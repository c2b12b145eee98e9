import { sigmoidGate as expected } from '../../reference/gate.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { sigmoidGate, sigmoidGateGrid } from './sigmoid_gate.ts'

gpuTest('every value is gated', async ({ gpu }) => {
  const attended = randomValues(300, 1)
  const gates = randomValues(300, 2).map((value) => 90 * value)
  const buffer = gpu.upload(attended)
  const bound = { gates: gpu.upload(gates), attended: buffer }
  await gpu.run(sigmoidGate, {}, { count: 300 }, bound, sigmoidGateGrid(300))
  expectClose(await gpu.readValues(buffer), expected(attended, gates), tolerance.attention)
})
