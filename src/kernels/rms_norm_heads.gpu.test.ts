import { rmsNormHeads as expected } from '../../reference/rms_norm.ts'
import { headNormsOf, normsOfRow } from '../model/head_norms.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomValues } from '../testing/random.ts'
import { headNormConstants, rmsNormHeads } from './rms_norm_heads.ts'

gpuTest.for([
  [4, 2, 6, 'each head'],
  [3, 1, 64, 'each head'],
  [2, 2, 130, 'each head'],
  [4, 2, 6, 'all heads'],
  [3, 1, 64, 'all heads'],
  [4, 2, 6, 'each head', 'queries, keys and values'],
  [3, 1, 130, 'each head', 'queries'],
] as const)('%d heads on %d KV heads of size %d, %s', async (shape, { gpu }) => {
  const [heads, kvHeads, headSize, over, of] = shape
  const norms = headNormsOf({ heads, kvHeads, headSize }, { over, ...(of && { of }) })
  const rows = 3
  const width = (heads + 2 * kvHeads) * headSize
  const qkv = randomValues(rows * width, 1).map((value) => 10 * value)
  const weights = {
    query: randomValues(norms.queryWidth, 2),
    key: randomValues(norms.keyWidth, 3),
  }
  const buffer = gpu.uploadRows(qkv, width)
  await gpu.run(
    rmsNormHeads,
    headNormConstants(norms),
    { qkv_width: padded(width), epsilon: 1e-5 },
    { weight: gpu.upload(Float32Array.of(...weights.query, ...weights.key)), qkv: buffer },
    [normsOfRow(norms), rows],
  )
  const normed = {
    query: weights.query,
    key: of === 'queries' ? undefined : weights.key,
    value: of === 'queries, keys and values' ? new Float32Array(headSize).fill(1) : undefined,
  }
  expected(qkv, normed, { heads, kvHeads, headSize }, 1e-5)
  expectClose(await gpu.readRows(buffer, width), qkv, tolerance.sum)
})
