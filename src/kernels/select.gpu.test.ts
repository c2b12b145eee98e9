import { expect } from 'vitest'
import { select as expected, type Eviction } from '../../reference/select.ts'
import { runSelect } from '../testing/eviction.ts'
import { gpuTest, type TestGpu } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { badNumbers } from './note_bad_numbers.ts'

/** The same in all KV heads. */
type Region = Omit<Eviction, 'offset'>

async function check(
  gpu: TestGpu,
  scores: Float32Array,
  capacity: number,
  eviction: Region,
): Promise<void> {
  const kvHeads = scores.length / capacity
  const evictions = Array.from({ length: kvHeads }, (_, head) => {
    return { ...eviction, offset: head * capacity }
  })
  await checkHeads(gpu, scores, evictions)
}

async function checkHeads(
  gpu: TestGpu,
  scores: Float32Array,
  evictions: readonly Eviction[],
): Promise<void> {
  expect(await runSelect(gpu, scores, evictions)).toEqual(expected(scores, evictions))
}

/** An eviction over all occupied slots. */
function keep(survivors: number, occupied: number): Region {
  return { pinned: 0, occupied, survivors, first: 0, last: 0 }
}

gpuTest('random scores, from one survivor to all but one', async ({ gpu }) => {
  const scores = randomValues(3 * 700, 1) // (3 kv heads, 700 slots)
  for (const survivors of [1, 2, 255, 256, 257, 400, 689]) {
    await check(gpu, scores, 700, keep(survivors, 690))
  }
})

gpuTest('more slots than lanes, several times over', async ({ gpu }) => {
  await check(gpu, randomValues(2 * 5000, 2), 5000, keep(1234, 4999))
})

gpuTest('ties', async ({ gpu }) => {
  const scores = Float32Array.from(randomIntegers(2 * 600, 7, 3), (n) => n - 3)
  for (const survivors of [1, 80, 300, 599]) await check(gpu, scores, 600, keep(survivors, 600))
})

gpuTest('all scores equal', async ({ gpu }) => {
  for (const value of [0, -0, 1.5, -1e30]) {
    await check(gpu, new Float32Array(300).fill(value), 300, keep(100, 300))
  }
})

gpuTest('both zeros are one score', async ({ gpu }) => {
  const scores = Float32Array.of(-0, 0, -0, 0, 1, -1)
  for (const survivors of [1, 2, 3, 4, 5]) await check(gpu, scores, 6, keep(survivors, 6))
})

gpuTest('infinities rank at the ends, NaN of either sign below them', async ({ gpu }) => {
  const scores = Float32Array.of(NaN, -Infinity, 1, Infinity, NaN, -2, 3e38, -3e38)
  new Uint32Array(scores.buffer)[4] = 0xffc00001
  for (const survivors of [1, 2, 3, 5, 6, 7]) await check(gpu, scores, 8, keep(survivors, 8))
})

gpuTest('notes NaN among the scores that compete', async ({ gpu }) => {
  const noted = gpu.upload(new Uint32Array(1))
  const scores = randomValues(600, 6)
  scores.set([-Infinity, Infinity], 20)
  for (const slot of [0, 3, 280, 299]) scores[slot] = NaN // protected, or behind what is in use
  const eviction = { offset: 0, pinned: 2, occupied: 290, survivors: 100, first: 4, last: 20 }
  await runSelect(gpu, scores, [eviction], noted)
  expect(await gpu.readWords(noted)).toEqual(Uint32Array.of(0))
  scores[269] = NaN // the last that competes
  await runSelect(gpu, scores, [eviction], noted)
  expect(await gpu.readWords(noted)).toEqual(Uint32Array.of(badNumbers.nan))
})

gpuTest('scores that differ in the last bit', async ({ gpu }) => {
  const bits = Uint32Array.from({ length: 500 }, (_, i) => 0x3f800000 + ((i * 77) % 500))
  await check(gpu, new Float32Array(bits.buffer), 500, keep(123, 500))
})

gpuTest('pinned and protected slots take no part', async ({ gpu }) => {
  const scores = randomValues(2 * 500, 4)
  for (const [pinned, first, last, survivors] of [
    [0, 4, 0, 50],
    [0, 0, 30, 50],
    [100, 0, 0, 50],
    [100, 4, 30, 50],
    [137, 3, 299, 303],
  ] as const) {
    await check(gpu, scores, 500, { pinned, occupied: 450, survivors, first, last })
  }
})

gpuTest('nothing to choose where protection takes all the survivors', async ({ gpu }) => {
  const eviction = { pinned: 0, occupied: 300, survivors: 100, first: 4, last: 96 }
  await check(gpu, randomValues(300, 5), 300, eviction)
})

gpuTest('every KV head chooses among its own slots as many as it may', async ({ gpu }) => {
  const evictions = [
    { offset: 0, pinned: 0, occupied: 19, survivors: 7, first: 1, last: 2 },
    { offset: 20, pinned: 12, occupied: 333, survivors: 300, first: 0, last: 40 },
    { offset: 353, pinned: 0, occupied: 70, survivors: 1, first: 0, last: 0 },
  ]
  const scores = Float32Array.from(randomIntegers(424, 60, 8))
  await checkHeads(gpu, scores, evictions)
  await checkHeads(gpu, scores, [evictions[2]!, evictions[0]!]) // KV heads that are not listed keep everything
})
