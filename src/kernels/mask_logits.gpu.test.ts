import { expect } from 'vitest'
import { maskLogits as reference } from '../../reference/mask_logits.ts'
import { gpuTest } from '../testing/gpu.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { maskLogits, maskLogitsGrid } from './mask_logits.ts'

gpuTest('leaves what is allowed, and numbers that are none', async ({ gpu }) => {
  for (const vocabulary of [1, 31, 33, 257, 5000]) {
    const logits = randomValues(vocabulary, vocabulary)
    logits[vocabulary - 1] = Infinity
    logits[Math.floor(vocabulary / 2)] = NaN
    const allowed = Uint32Array.from(randomIntegers(Math.ceil(vocabulary / 32), 2 ** 31, 3))
    const buffers = { allowed: gpu.upload(allowed), logits: gpu.upload(logits) }
    await gpu.run(maskLogits, {}, { vocabulary }, buffers, maskLogitsGrid(vocabulary))
    expect(await gpu.readValues(buffers.logits)).toEqual(reference(logits, allowed))
  }
})
