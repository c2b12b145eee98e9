import { expect } from 'vitest'
import { argmax } from '../kernels/argmax.ts'
import { scoreRandom } from '../kernels/score_random.ts'
import { gpuTest } from '../testing/gpu.ts'
import { profileKernels } from './profile.ts'
import { createRecorder } from './recorder.ts'

gpuTest('times every kernel by name, over several submits', async ({ gpu, skip }) => {
  if (!gpu.device.features.has('timestamp-query')) skip('no timestamps on this device')
  const profile = profileKernels(gpu.device)
  const recorder = createRecorder(gpu.device, gpu.memory, profile)
  const choose = await gpu.compile(argmax, {})
  const random = await gpu.compile(scoreRandom, { KV_HEADS: 1 })
  const logits = gpu.upload(new Float32Array(1000))
  const ids = gpu.upload(new Uint32Array(1))
  const heads = [{ offset: 0, first_slot: 0 }]
  const block = { seed: 1, layer: 0, rows: 64, first_origin: 0, heads }
  for (let submit = 0; submit < 3; submit++) {
    recorder.run(choose, { vocabulary: 1000, row_quads: 250 }, { logits, ids }, [1])
    recorder.run(random, block, { scores: logits }, [1, 1])
    recorder.submit()
  }
  const times = await profile.take()
  expect([...times.keys()].sort()).toEqual(['argmax', 'score_random'])
  for (const milliseconds of times.values()) expect(milliseconds).toBeGreaterThanOrEqual(0)
  expect(await profile.take()).toEqual(new Map())
})

gpuTest('goes on untimed when it has no timestamps left', ({ gpu, skip }) => {
  if (!gpu.device.features.has('timestamp-query')) skip('no timestamps on this device')
  const profile = profileKernels(gpu.device)
  for (let i = 0; i < 2048; i++) expect(profile.timestamps('any')).toBeDefined()
  expect(profile.timestamps('any')).toBeUndefined()
})
