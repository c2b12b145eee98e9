import { rmsNormHeads as expected } from '../../reference/rms_norm.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { rmsNormHeads } from './rms_norm_heads.ts'

gpuTest.for([
  [4, 2, 6],
  [3, 1, 64],
  [2, 2, 130],
] as const)('%d heads on %d KV heads of size %d', async ([heads, kvHeads, headSize], { gpu }) => {
  const rows = 3
  const width = (heads + 2 * kvHeads) * headSize
  const qkv = randomValues(rows * width, 1).map((value) => 10 * value)
  const weights = { query: randomValues(headSize, 2), key: randomValues(headSize, 3) }
  const buffer = gpu.uploadRows(qkv, width)
  await gpu.run(
    rmsNormHeads,
    { HEADS: heads, HEAD_SIZE: headSize },
    { qkv_width: padded(width), epsilon: 1e-5 },
    { weight: gpu.upload(Float32Array.of(...weights.query, ...weights.key)), qkv: buffer },
    [heads + kvHeads, rows],
  )
  expected(qkv, weights, { heads, kvHeads, headSize }, 1e-5)
  expectClose(await gpu.readRows(buffer, width), qkv, tolerance.sum)
})
