import { expect } from 'vitest'
import { surprisal as reference } from '../../reference/surprisal.ts'
import { padded } from '../model/matrix.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { surprisal } from './surprisal.ts'

gpuTest.for([1, 40, 257, 5000])('a vocabulary of %d', async (vocabulary, { gpu }) => {
  const [rows, first] = [5, 3]
  const logits = randomValues(rows * vocabulary, 1).map((value) => 30 * value)
  const ids = randomIntegers(rows + first, vocabulary, 2)
  const surprisals = gpu.upload(new Float32Array(rows + first).fill(-7))
  await gpu.run(
    surprisal,
    {},
    { vocabulary, row_width: padded(vocabulary), first },
    { logits: gpu.uploadRows(logits, vocabulary), ids: gpu.upload(ids), surprisals },
    [rows],
  )
  const got = await gpu.readValues(surprisals)
  expect([...got.subarray(0, first)]).toEqual([-7, -7, -7])
  const expected = Array.from({ length: rows }, (_, row) =>
    reference(logits.subarray(row * vocabulary, (row + 1) * vocabulary), ids[first + row]!),
  )
  expectClose(got.subarray(first), expected, tolerance.attention)
})
