import { expect } from 'vitest'
import { emptyCache } from '../../reference/model.ts'
import { randomScore } from '../../reference/random.ts'
import { attentionShape } from '../testing/attention.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { headRowsOf } from '../testing/heads.ts'
import { scoreRandom, scoreRandomGrid } from './score_random.ts'

const kvHeads = 3
const slots = [150, 320, 170]
const cache = emptyCache(attentionShape(kvHeads, kvHeads, 2), slots)

interface Block {
  readonly seed: number
  readonly layer: number
  readonly rows: number
  readonly first_origin: number
  /** (kv head) */
  readonly firstSlots: readonly number[]
}

async function scoresOf(gpu: TestGpu, { firstSlots, ...block }: Block): Promise<Float32Array> {
  const scores = gpu.upload(new Float32Array(cache.scores.length).fill(-1))
  const grid = scoreRandomGrid(block.rows, kvHeads)
  const params = { ...block, heads: headRowsOf(cache, firstSlots) }
  await gpu.run(scoreRandom, { KV_HEADS: kvHeads }, params, { scores }, grid)
  return gpu.readValues(scores)
}

gpuTest.for([
  { seed: 0, layer: 0, rows: 1, firstSlots: [0, 0, 0], first_origin: 0 },
  { seed: 77, layer: 3, rows: 100, firstSlots: [7, 200, 0], first_origin: 1234 },
  { seed: 0xffffffff, layer: 31, rows: 65, firstSlots: [85, 1, 105], first_origin: 50_000_000 },
])('to the bit: %o', async (block, { gpu }) => {
  const expected = new Float32Array(cache.scores.length).fill(-1)
  for (const [head, { offset, first_slot }] of headRowsOf(cache, block.firstSlots).entries()) {
    for (let row = 0; row < block.rows; row++) {
      const score = randomScore(block.seed, block.layer, head, block.first_origin + row)
      expected[offset + first_slot + row] = score
    }
  }
  expect(await scoresOf(gpu, block)).toEqual(expected)
})

gpuTest('a token keeps its score wherever its slot is', async ({ gpu }) => {
  const early = { seed: 5, layer: 1, rows: 50, firstSlots: [0, 0, 0], first_origin: 400 }
  const late = { ...early, rows: 20, firstSlots: [90, 9, 9], first_origin: 410 }
  const all = await scoresOf(gpu, early)
  expect((await scoresOf(gpu, late)).subarray(90, 110)).toEqual(all.subarray(10, 30))
})
