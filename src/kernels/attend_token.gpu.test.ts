import { expect } from 'vitest'
import { attend } from '../../reference/attend.ts'
import type { AttentionShape, LayerCache } from '../../reference/model.ts'
import { paddedHead } from '../plan/cache_bytes.ts'
import { padded } from '../model/matrix.ts'
import type { CacheStorage } from '../api/settings.ts'
import {
  attendedBlock,
  attentionShape,
  headConstants,
  randomTurnedNorms,
} from '../testing/attention.ts'
import { plainRotary } from '../model/rotary_config.ts'
import { headRowsOf } from '../testing/heads.ts'
import { pairsOf } from '../testing/forms.ts'
import { expectClose, gpuTest, tolerance, type TestGpu } from '../testing/gpu.ts'
import { append, appendGrid } from './append.ts'
import { attendMerge } from './attend_merge.ts'
import { attendToken, partOfGroup } from './attend_token.ts'
import { spansOf } from './token_span.ts'

interface Block {
  readonly origin?: number
  readonly tokens?: number
  /** query heads of a workgroup */
  readonly part?: number
  /** the cache holds the step's units already, and its rows hold q alone */
  readonly isShared?: boolean
}

const names = ['keys', 'values', 'origins'] as const

/** Bytes of workgroup memory that every device has. */
const smallestDevice = 16_384

/**
 * attend_token and attend_merge for the newest `tokens`: the cache is as append leaves it, to the bit, and attention is the
 * reference's over it.
 */
async function check(
  gpu: TestGpu,
  shape: AttentionShape,
  storage: CacheStorage,
  visible: number,
  { origin, tokens = 1, part: chosen, isShared = false }: Block = {},
): Promise<void> {
  const { heads, kvHeads, headSize } = shape
  const part = chosen ?? partOfGroup(heads / kvHeads, headSize, smallestDevice, storage)
  const block = { rows: tokens, firstSlot: visible - 1, firstOrigin: origin }
  const attended = attendedBlock(gpu, shape, storage, block)
  const { qkv, cache, positions, firstSlots, params, buffers } = attended
  const { window, qkv_width, scale, cap } = params
  const newest = { first_origin: origin ?? 70_000, qkv_width }
  const old = positions.map((position, slot) => (isNew(cache, tokens, slot) ? 9 : position))
  const keys = await gpu.readWords(buffers.keys)
  const values = await gpu.readWords(buffers.values)
  const upload = () => ({
    keys: gpu.upload(keys),
    values: gpu.upload(values),
    origins: gpu.upload(old),
  })
  const appended = upload()
  await gpu.run(
    append[storage],
    headConstants(shape),
    { ...newest, heads: headRowsOf(cache, firstSlots) },
    { qkv: buffers.qkv, ...appended },
    appendGrid(kvHeads, tokens),
  )
  cache.keys.set(await gpu.readCache(appended.keys, headSize, storage))
  cache.values.set(await gpu.readCache(appended.values, headSize, storage))
  const written = await Promise.all(names.map((name) => gpu.readWords(appended[name])))
  const units = isShared ? appended : upload()
  const width = heads * headSize
  const queries = qkv.filter((_, i) => i % (width + 2 * kvHeads * headSize) < width)
  const asking = isShared
    ? { qkv: gpu.uploadRows(queries, width), qkv_width: padded(width) }
    : { qkv: buffers.qkv, qkv_width }
  let spans = 0
  const spansOfHeads = params.heads.map(({ offset, first_slot }) => {
    const head = { offset, first_slot, first_span: spans }
    spans += spansOf(Math.min(first_slot + tokens, window))
    return head
  })
  const rows = (tokens * spans * heads) / kvHeads
  const partial = {
    stats: gpu.upload(new Float32Array(2 * rows).fill(NaN)),
    outputs: gpu.upload(new Float32Array(rows * paddedHead(headSize)).fill(NaN)),
  }
  await gpu.run(
    attendToken[storage],
    { ...headConstants(shape), APPENDS: isShared ? 0 : 1, PART: part },
    {
      ...newest,
      qkv_width: asking.qkv_width,
      turns_by_origin: origin === undefined ? 0 : 1,
      window,
      scale,
      cap,
      heads: spansOfHeads,
    },
    {
      qkv: asking.qkv,
      ...units,
      rope_table: buffers.rope_table,
      turned_norms: buffers.turned_norms,
      ...partial,
    },
    [spans, tokens, heads / kvHeads / part],
  )
  for (const [i, name] of names.entries())
    expect(await gpu.readWords(units[name]), name).toEqual(written[i])
  const output = gpu.zeroRows(tokens, heads * headSize)
  const lse = gpu.upload(new Float32Array(tokens * heads))
  await gpu.run(
    attendMerge[storage],
    headConstants(shape),
    { spans, window, out_width: padded(heads * headSize), heads: spansOfHeads },
    { ...partial, output, lse },
    [heads, tokens],
  )
  expectClose(
    await gpu.readRows(output, heads * headSize),
    attend(qkv, cache, positions, shape, firstSlots),
    tolerance.attention,
  )
}

/** Whether a slot of the layer is among the newest `tokens` of its KV head. */
function isNew({ heads }: LayerCache, tokens: number, slot: number): boolean {
  return heads.some(({ offset, occupied }) => {
    const end = offset + occupied
    return slot >= end - tokens && slot < end
  })
}

const shapes = [
  [1, 1, 2, 'f32'],
  [4, 2, 6, 'f16'],
  [3, 1, 8, 'f16'],
  [4, 1, 10, 'f32'],
  [10, 2, 64, 'f16'],
  [6, 1, 80, 'f32'],
  [7, 1, 128, 'f16'],
  [16, 2, 12, 'f32'],
  [4, 2, 8, 'int8'],
  [3, 1, 80, 'int8'],
  [4, 2, 8, 'int4'],
  [3, 1, 80, 'int4'],
  [6, 2, 64, 'int4'],
  [2, 1, 136, 'int4'],
] as const
const caches: readonly [number, Block][] = [
  [1, {}],
  [100, {}],
  [129, {}], // a span of one slot
  [300, { origin: 512 ** 2 + 700 }],
  [127, { tokens: 4 }], // the last two see a span more
]

gpuTest.for(pairsOf(shapes, caches, 2).map(([shape, cache]) => [...shape, ...cache] as const))(
  '%d heads on %d kv heads of size %d, %s, %d slots, %j',
  async ([heads, kvHeads, headSize, storage, slots, block], { gpu }) => {
    await check(gpu, attentionShape(heads, kvHeads, headSize), storage, slots, block)
  },
)

gpuTest('norms that weigh turned heads', async ({ gpu }) => {
  const shape = attentionShape(4, 2, 10, { turnedNorms: randomTurnedNorms(10) })
  await check(gpu, shape, 'f32', 200)
  await check(gpu, shape, 'f16', 300, { origin: 900, tokens: 2 })
})

gpuTest('scores of another scale, capped, within a window, turned with a gain', async ({ gpu }) => {
  const shape = attentionShape(4, 2, 10, {
    attentionScale: 0.2,
    attentionCap: 1.5,
    rotary: { ...plainRotary(500, 6), gain: 1.19 },
    window: 130,
  })
  for (const visible of [5, 130, 300]) await check(gpu, shape, 'f32', visible)
  for (const visible of [1, 127, 128, 300]) await check(gpu, shape, 'f32', visible, { tokens: 3 })
})

gpuTest.for([
  [8, 1, 512, 'f16', 4], // Gemma 4's full layers, as the smallest device takes them
  [8, 1, 512, 'int8', 4],
  [6, 1, 10, 'f32', 2],
  [8, 2, 12, 'f32', 1],
] as const)(
  '%d heads on %d kv heads of size %d, %s, %d heads to a workgroup',
  async ([heads, kvHeads, headSize, storage, part], { gpu }) => {
    const shape = attentionShape(heads, kvHeads, headSize)
    await check(gpu, shape, storage, 200, { part })
    await check(gpu, shape, storage, 127, { part, tokens: 3 })
  },
)

gpuTest('as many heads to a workgroup as its memory takes', () => {
  expect(partOfGroup(8, 256, smallestDevice, 'f16')).toBe(8)
  expect(partOfGroup(8, 512, smallestDevice, 'f16')).toBe(4)
  expect(partOfGroup(6, 512, smallestDevice, 'int4')).toBe(3)
  expect(() => partOfGroup(2, 4096, smallestDevice, 'f16')).toThrow(
    'heads of size 4096 need 22528 bytes of workgroup memory but this device allows 16384',
  )
})

gpuTest('units that an earlier layer has written are read and not written', async ({ gpu }) => {
  const shape = attentionShape(4, 2, 12)
  for (const [visible, tokens] of [
    [1, 1],
    [200, 3],
  ] as const) {
    await check(gpu, shape, 'f16', visible, { tokens, isShared: true })
  }
})

gpuTest('a span boundary is no seam', async ({ gpu }) => {
  const shape = attentionShape(2, 1, 8)
  for (const visible of [127, 128, 256, 257]) await check(gpu, shape, 'f32', visible)
})

gpuTest('merge weighs spans by their top scores, however far apart', async ({ gpu }) => {
  const stats = Float32Array.of(-200, 1, 300, 2, 299, 1) // (3 spans, 1 head) of (top, sum)
  const outputs = new Float32Array(3 * 8) // (3 spans, 1 head, 8)
  outputs.set([5, 5], 0)
  outputs.set([2, -4], 8)
  outputs.set([1, 3], 16)
  const output = gpu.zeroRows(1, 2)
  const lse = gpu.upload(new Float32Array(1))
  await gpu.run(
    attendMerge.f32,
    { HEADS: 1, KV_HEADS: 1, HEAD_SIZE: 2 },
    { spans: 3, window: 1000, out_width: 32, heads: [{ first_slot: 299, first_span: 0 }] },
    { stats: gpu.upload(stats), outputs: gpu.upload(outputs), output, lse },
    [1, 1],
  )
  const later = Math.exp(-1)
  const whole = 2 + later
  expectClose(
    await gpu.readRows(output, 2),
    [(2 + later) / whole, (-4 + 3 * later) / whole],
    tolerance.attention,
  )
  expectClose(await gpu.readValues(lse), [300 + Math.log(whole)], tolerance.attention)
  expect(spansOf(128)).toBe(1)
})
