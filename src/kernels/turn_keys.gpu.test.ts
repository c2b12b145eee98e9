import { at } from '../../reference/at.ts'
import { turnKeys as reference } from '../../reference/turn_keys.ts'
import type { CacheStorage } from '../api/settings.ts'
import { plainRotary } from '../model/rotary_config.ts'
import { turnedStorage } from '../plan/cache_bytes.ts'
import { attendedBlock, attentionShape, headConstants, type Block } from '../testing/attention.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import type { AttentionShape } from '../../reference/model.ts'
import { turnKeys, turnKeysGrid } from './turn_keys.ts'

const untouched = -7

/** Every key that a row sees is turned; the others stay as they were. */
async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  block: Block,
): Promise<void> {
  const { headSize, window = Infinity } = shape
  const attended = attendedBlock(gpu, shape, storage, block)
  const { cache, positions, firstSlots, params, buffers } = attended
  const { rows } = block
  const { keys, positions: keyPositions, rope_table } = buffers
  const plain = turnedStorage(storage)
  const before = new Float32Array(cache.keys.length).fill(untouched)
  const turned = gpu.uploadCache(before, headSize, plain)
  await gpu.run(
    turnKeys[storage],
    headConstants(shape),
    { ...params, rows },
    { turned, keys, positions: keyPositions, rope_table },
    turnKeysGrid(firstSlots.map((slot) => Math.min(slot + 1, window) + rows - 1)),
  )
  const occupied = firstSlots.map((slot) => slot + rows)
  const expected = reference(cache, positions, shape, occupied)
  cache.heads.forEach(({ offset, slots }, kvHead) => {
    const unseen = Math.max(0, at(firstSlots, kvHead) + 1 - window)
    expected.fill(untouched, offset * headSize, (offset + unseen) * headSize)
    expected.fill(
      untouched,
      (offset + at(occupied, kvHead)) * headSize,
      (offset + slots) * headSize,
    )
  })
  const allowed = plain === 'f32' ? tolerance.attention : tolerance.half
  expectClose(await gpu.readCache(turned, headSize, plain), expected, allowed)
}

gpuTest.for([
  [1, 1, 2, 'f32'],
  [4, 2, 6, 'f16'],
  [10, 2, 64, 'f16'],
  [6, 1, 80, 'f32'],
  [4, 2, 8, 'int8'],
  [3, 1, 80, 'int8'],
  [6, 2, 64, 'int4'],
  [2, 1, 136, 'int4'],
] as const)(
  'keys of %d heads on %d kv heads of size %d, %s',
  async ([heads, kvHeads, headSize, storage], { gpu }) => {
    const shape = attentionShape(heads, kvHeads, headSize)
    await check(gpu, shape, storage, { rows: 1, firstSlot: 0 })
    await check(gpu, shape, storage, { rows: 37, firstSlot: 51 })
    await check(gpu, shape, storage, { rows: 7, firstSlot: 90, firstOrigin: 512 ** 2 + 513 })
  },
)

gpuTest.for([1, 9, 40])('only what is inside a window of %d is turned', async (window, { gpu }) => {
  const shape = attentionShape(4, 2, 10, {
    window,
    rotary: { ...plainRotary(500, 6), gain: 1.19 },
  })
  await check(gpu, shape, 'f32', { rows: 20, firstSlot: 0 })
  await check(gpu, shape, 'f32', { rows: 5, firstSlot: 70 })
})
