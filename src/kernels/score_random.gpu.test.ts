import { expect } from 'vitest'
import { randomScore } from '../../reference/random.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { scoreRandom, scoreRandomGrid } from './score_random.ts'

const kvHeads = 3
const slots = 150

async function scoresOf(
  gpu: TestGpu,
  block: { seed: number; layer: number; rows: number; first_slot: number; first_origin: number },
): Promise<Float32Array> {
  const scores = gpu.upload(new Float32Array(kvHeads * slots).fill(-1))
  const grid = scoreRandomGrid(block.rows, kvHeads)
  await gpu.run(scoreRandom, {}, { ...block, capacity: slots }, { scores }, grid)
  return gpu.readValues(scores)
}

gpuTest.for([
  { seed: 0, layer: 0, rows: 1, first_slot: 0, first_origin: 0 },
  { seed: 77, layer: 3, rows: 100, first_slot: 7, first_origin: 1234 },
  { seed: 0xffffffff, layer: 31, rows: 65, first_slot: 85, first_origin: 50_000_000 },
])('to the bit: %o', async (block, { gpu }) => {
  const expected = new Float32Array(kvHeads * slots).fill(-1)
  for (let head = 0; head < kvHeads; head++) {
    for (let row = 0; row < block.rows; row++) {
      const score = randomScore(block.seed, block.layer, head, block.first_origin + row)
      expected[head * slots + block.first_slot + row] = score
    }
  }
  expect(await scoresOf(gpu, block)).toEqual(expected)
})

gpuTest('a token keeps its score wherever its slot is', async ({ gpu }) => {
  const early = { seed: 5, layer: 1, rows: 50, first_slot: 0, first_origin: 400 }
  const late = { ...early, rows: 20, first_slot: 90, first_origin: 410 }
  const all = await scoresOf(gpu, early)
  expect((await scoresOf(gpu, late)).subarray(90, 110)).toEqual(all.subarray(10, 30))
})
