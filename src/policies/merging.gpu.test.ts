// Policies that merge: compared with the reference over several evictions, and LoCoCo's own invariants.
import { describe, expect, test } from 'vitest'
import { complete } from '../../reference/locret.ts'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomCompressor } from '../../reference/random_compressor.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { rotate } from '../../reference/rotary.ts'
import { loadEngine } from '../reading/load.ts'
import { headsOf } from '../forward/cache.ts'
import { readMerged } from '../reading/merged.ts'
import type { PolicySettings } from '../api/settings.ts'
import { prefill } from '../reading/prefill.ts'
import { farthest } from '../testing/farthest.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import {
  ask,
  firstLogits,
  kept,
  model,
  open,
  read,
  roomOf,
  tokens,
  usualBut,
  type UsualOverrides,
} from '../testing/small_engine.ts'

const gpu = gpuOfFile()

/** four chunks and three evictions, the last chunk shorter */
const text = tokens.subarray(0, 180)
/** 60 units, 30 of them merged slots */
const merging = (policy: Partial<PolicySettings> = {}) => ({
  burst: 7,
  policy: { name: 'lococo', stabilizers: 0, keptShare: 0.5, ...policy } as const,
})
const compressorOf = (lambda: number, merged = 30) =>
  randomCompressor(model.description, { merged, taps: 5, lambda }, 21)

describe('retains and answers what the reference does', () => {
  const cases: [string, UsualOverrides, number][] = [
    [
      'lococo, keys merged after rotation at their places',
      { ...merging(), positions: 'original' },
      30,
    ],
    ['lococo, keys merged before rotation', merging(), 30],
    ['lococo, the newest spared', merging({ stabilizers: 9, sinks: 2 }), 30],
    ['lococo, a pyramid', { ...merging({ keptShare: 0.96 }), allocation: 'pyramid' }, 2],
    [
      'locret+lococo',
      {
        ...merging({ name: 'locret+lococo', keptShare: 0.8 }),
        positions: 'original',
      },
      11, // 60 × (1 − 0.8), rounded down as the official code does
    ],
  ]
  test.each(cases)('%s', async (_name, settings, merged) => {
    const { file, layers } = compressorOf(0.4, merged)
    const engine = await open(gpu, settings, file)
    await expectAnswer(engine, { ...model.reference, compressors: layers }, text)
  })

  test.each<readonly [number, number]>([
    [4, 4],
    ...[1, 2, 3, 5, 8].map((group) => [group, 1] as const),
  ])('%d heads on %d kv heads', async (heads, kvHeads) => {
    const other = randomModel({ ...smallShape, heads, kvHeads, layers: 1 }, 3)
    const { file, layers } = randomCompressor(
      other.description,
      { merged: 30, taps: 3, lambda: 0.7 },
      5,
    )
    const { engine } = await loadEngine(gpu, modelFiles(other, 'F32'), {
      overrides: usualBut(merging()),
      heads: headsFile(other, 'F32'),
      compressor: file,
      onProgress: () => undefined,
      signal: undefined,
    })
    const short = tokens.subarray(0, 180)
    await expectAnswer(engine, { ...other.reference, compressors: layers }, short, 1)
  })
})

test('with λ = 0 merging is pure selection', async () => {
  const settings = { ...merging(), positions: 'original' } as const
  const selecting = await open(gpu, { ...settings, ...merging({ keptShare: 1 }) })
  const tail = await read(selecting, text)
  const engine = await open(gpu, settings, compressorOf(0).file)
  await read(engine, text)
  const selected = (await kept(selecting)).flat()
  ;(await kept(engine)).flat().forEach((heavy, head) => {
    expect(heavy).toHaveLength(30)
    expect(selected[head]).toEqual(expect.arrayContaining(heavy))
  })
  const logits = await firstLogits(selecting, tail)
  expect(farthest(await firstLogits(engine, tail), logits)).toBeLessThan(1e-3)
})

test.each(['slot', 'original'] as const)(
  'merged slots can be read back, positions %s',
  async (positions) => {
    const settings = { ...merging(), positions, local: 5 }
    const { file, layers } = compressorOf(0.4)
    const engine = await open(gpu, settings, file)
    const short = tokens.subarray(0, 150)
    await read(engine, short)
    const reference = { ...model.reference, compressors: layers }
    const { caches } = complete(reference, short, usualBut(settings), 0).document
    const { headSize, attention } = model.description
    const got = await readMerged(engine)
    caches.forEach(({ keys, values, origins, heads }, layer) => {
      const expected = { keys: [] as number[], values: [] as number[] }
      const merged = heads.flatMap(({ offset, merged: { first, end } }) =>
        Array.from({ length: end - first }, (_, i) => offset + first + i),
      )
      for (const at of merged) {
        const key = keys.subarray(at * headSize, (at + 1) * headSize)
        const { rotary } = attention[layer]!
        const rotated = positions === 'original' ? rotate(key, origins[at]!, rotary) : key
        // rotary pairs to the checkpoint's halves
        const halves = [0, 1].flatMap((part) => [...rotated].filter((_, dim) => dim % 2 === part))
        expected.keys.push(...halves)
        expected.values.push(...values.subarray(at * headSize, (at + 1) * headSize))
      }
      expect(got[layer]!.slots).toBe(30)
      expect(got[layer]!.keys).toHaveLength(expected.keys.length)
      expect(farthest(got[layer]!.keys, expected.keys)).toBeLessThan(1e-3)
      expect(farthest(got[layer]!.values, expected.values)).toBeLessThan(1e-3)
    })
  },
)

test('666 tokens go through 128 slots', async () => {
  const { file } = randomCompressor(model.description, { merged: 16, taps: 3, lambda: 0.5 }, 2)
  const engine = await open(
    gpu,
    {
      ...merging({ keptShare: 0.875 }),
      budget: 128,
      chunk: 256,
      burst: 16,
      local: 0,
      tail: 24,
    },
    file,
  )
  const long = Uint32Array.from({ length: 666 }, (_, i) => (i * 7919 + (i >> 4) * 13) % 256)
  const before = gpu.memory.live()
  async function* pieces() {
    yield await Promise.resolve(long)
  }
  /** after each chunk, (layer · KV head) */
  const slots: number[][] = []
  await prefill(engine, pieces(), {
    held: 0,
    signal: undefined,
    onBlock: () => undefined,
    onChunk: () => slots.push(headsOf(engine.cache).map(({ occupied }) => occupied)),
  })
  expect(slots).toHaveLength(Math.ceil(666 / 256))
  expect(new Set(slots.flat())).toEqual(new Set([128])) // no chunk is short enough for the burst
  for (const { merged } of headsOf(engine.cache)) expect(merged).toEqual({ first: 112, end: 128 })
  expect(gpu.memory.live()).toEqual(before)
  expect(engine.cache.seen).toBe(666)
}, 180_000)

test('an answer beyond its room merges among its own, and the document stays', async () => {
  const engine = await open(
    gpu,
    { ...merging(), budget: 20, chunk: 16, tail: 30 },
    compressorOf(0.5, 10).file,
  )
  const tail = await read(engine, tokens.subarray(0, 100))
  const before = await kept(engine)
  const beyond = roomOf(engine) + 6
  const long = await ask(engine, tail, beyond)
  expect(long).toHaveLength(beyond)
  expect(await kept(engine)).toEqual(before)
  expect(await ask(engine, tail, beyond)).toEqual(long)
})

test('takes exactly the bytes that were shown before', async () => {
  const settings = merging({ name: 'locret+lococo' })
  await expectShownBytes(gpu, () => open(gpu, settings, compressorOf(0.5).file), 5)
})

test.each([
  ['no compressor', merging(), undefined, /policy lococo needs a compressor/],
  [
    'another number of merged slots',
    merging({ keptShare: 0.75 }),
    30,
    /shape \(30, 24, 5\), expected \(15, 24/,
  ],
  ['a kept share of nothing', merging({ keptShare: 0 }), 30, /kept share must be above 0 .* not 0/],
  ['a kept share above one', merging({ keptShare: 1.5 }), 30, /at most 1, not 1.5/],
  [
    'stabilizers where merged slots are to be',
    merging({ stabilizers: 30 }),
    30,
    /30 merged slots, 30 stabilizers .* budget of 60/,
  ],
] as const)('%s is refused in words', async (_name, settings, merged, words) => {
  const file = merged === undefined ? undefined : compressorOf(0.5, merged).file
  await expect(open(gpu, settings, file)).rejects.toThrow(words)
})
