import { expect } from 'vitest'
import * as ref from '../../reference/attend.ts'
import { append as refAppend } from '../../reference/append.ts'
import { compact as refCompact } from '../../reference/compact.ts'
import { embed as refEmbed } from '../../reference/embed.ts'
import { gate as refGate } from '../../reference/gate.ts'
import { norm as refNorm } from '../../reference/norm.ts'
import { project, projectOnto } from '../../reference/project.ts'
import { sample, greedy } from '../../reference/sample.ts'
import { score as refScore } from '../../reference/score.ts'
import { select as refSelect } from '../../reference/select.ts'
import { randomScore, uniform } from '../../reference/random.ts'
import { emptyCache } from '../../reference/model.ts'
import { expectClose, gpuTest, tolerance } from '../testing/gpu.ts'
import { paddedWidth, stored } from '../testing/rows.ts'
import { randomIntegers, randomValues } from '../testing/random.ts'
import { turnTable } from '../testing/turns.ts'
import { append, appendGrid } from './append.ts'
import { attendChunk, attendChunkGrid, attendTile } from './attend_chunk.ts'
import { attendMerge } from './attend_merge.ts'
import { attendToken, spansOf } from './attend_token.ts'
import { choose } from './choose.ts'
import { chooseGreedy } from './choose_greedy.ts'
import { compact } from './compact.ts'
import { embed } from './embed.ts'
import { gate, gateGrid } from './gate.ts'
import { norm } from './norm.ts'
import { projectChunk, projectChunkGrid } from './project_chunk.ts'
import { projectToken, projectTokenGrid } from './project_token.ts'
import { score } from './score.ts'
import { scoreRandom, scoreRandomGrid } from './score_random.ts'
import { select } from './select.ts'

for (const storage of ['f16', 'f32'] as const) {
  gpuTest('embed ' + storage, async ({ gpu }) => {
    const table = stored(randomValues(50 * 40, 1), storage)
    const ids = randomIntegers(9, 50, 2)
    const residual = gpu.upload(new Float32Array(9 * 64))
    await gpu.run(embed[storage], {}, { rows: 9, first_id: 0, part_ids: 50, row_eights: 8 }, { ids: gpu.upload(ids), matrix: gpu.uploadMatrix(table, 40, storage), residual }, [9])
    expectClose(await gpu.readRows(residual, 40), refEmbed(ids, table, 40), 0)
  })
  gpuTest('project ' + storage, async ({ gpu }) => {
    const x = randomValues(70 * 100, 1)
    const matrix = stored(randomValues(90 * 100, 2), storage)
    for (const ADDS of [0, 1]) {
      const before = randomValues(70 * 90, 3)
      const output = gpu.uploadRows(before, 90)
      await gpu.run(projectChunk[storage], { ADDS }, { rows: 70, outs: 90, in_eights: 16, out_width: 96, first_out: 0 }, { input: gpu.uploadRows(x, 100), matrix: gpu.uploadMatrix(matrix, 100, storage), output }, projectChunkGrid(90, 70))
      const want = ADDS ? before.slice() : new Float32Array(before.length)
      projectOnto(x, matrix, 100, want)
      { const g = await gpu.readRows(output, 90); const bad: string[] = []; g.forEach((v, i) => { if (Math.abs(v - want[i]!) > 1e-3) bad.push(`${Math.floor(i / 90)},${i % 90}`) }); console.log('BADP', ADDS, bad.length, bad.slice(0, 60).join(' ')) }
      const one = gpu.uploadRows(before.slice(0, 90), 90)
      await gpu.run(projectToken[storage], { ADDS }, { outs: 90, in_eights: 16, first_out: 0, input_row: 3 }, { input: gpu.uploadRows(x, 100), matrix: gpu.uploadMatrix(matrix, 100, storage), output: one }, projectTokenGrid(90))
      const want1 = ADDS ? before.slice(0, 90) : new Float32Array(90)
      projectOnto(x.slice(0, 100), matrix, 100, want1)
      { const g = await gpu.readRows(one, 90); console.log('BADT', [...g].map((v, i) => i+':'+v.toFixed(3)+'/'+want1[i]!.toFixed(3)).join(' ')) }
    }
  })
  for (const headSize of [10, 64, 128]) {
    gpuTest('append+attend ' + storage + headSize, async ({ gpu }) => {
      const shape = { heads: 6, kvHeads: 2, headSize, rotary: { base: 10000, rotated: headSize } }
      const slots = 300, rows = 37, firstSlot = 200
      const width = 10 * headSize
      const cache = emptyCache(shape, slots)
      cache.keys.set(stored(randomValues(cache.keys.length, 4), storage))
      cache.values.set(stored(randomValues(cache.values.length, 5), storage))
      const keys = gpu.uploadCache(cache.keys, headSize, storage)
      const values = gpu.uploadCache(cache.values, headSize, storage)
      const origins = gpu.upload(cache.origins)
      const plain = randomValues(rows * width, 6)
      const qkv = gpu.uploadRows(plain, width)
      const qkv_width = paddedWidth(width)
      const C = { HEADS: 6, KV_HEADS: 2, HEAD_SIZE: headSize }
      await gpu.run(append[storage], C, { first_slot: firstSlot, first_origin: 1000, capacity: slots, qkv_width }, { qkv, keys, values, origins }, appendGrid(2, headSize, rows))
      refAppend(plain, cache, shape, firstSlot, 1000)
      cache.keys.set(stored(cache.keys, storage))
      cache.values.set(stored(cache.values, storage))
      expectClose(await gpu.readCache(keys, headSize, storage), cache.keys, 0)
      expectClose(await gpu.readCache(values, headSize, storage), cache.values, 0)
      expect(await gpu.readWords(origins)).toEqual(cache.origins)
      const tile = attendTile(headSize, 16384)
      const out_width = paddedWidth(6 * headSize)
      const output = gpu.upload(new Float32Array(rows * out_width))
      const pos = Uint32Array.from({ length: slots }, (_, i) => i)
      const positions = gpu.upload(pos)
      const turns = gpu.upload(turnTable(shape.rotary, headSize))
      await gpu.run(attendChunk[storage], { ...C, ...tile }, { rows, first_slot: firstSlot, first_position: firstSlot, capacity: slots, position_stride: 0, qkv_width, out_width }, { qkv, keys, values, positions, turns, output }, attendChunkGrid(rows, 3, 2, tile))
      const want = ref.attend(plain, cache, Uint32Array.from([...pos, ...pos]), shape, firstSlot, firstSlot)
      { const g = await gpu.readRows(output, 6 * headSize); const bad: string[] = []; g.forEach((v, i) => { if (Math.abs(v - want[i]!) > 1e-3) bad.push(`${Math.floor(i / 6/headSize)},${Math.floor(i/headSize)%6},${i % headSize}`) }); console.log('BADA', headSize, bad.length, g.length, bad.slice(0, 60).join(' ')) }

      const last = plain.slice((rows - 1) * width)
      const spans = spansOf(firstSlot + rows)
      const stats = gpu.upload(new Float32Array(spans * 6 * 2))
      const outputs = gpu.upload(new Float32Array(spans * 6 * paddedWidth(headSize, 8)))
      const one = gpu.upload(new Float32Array(out_width))
      await gpu.run(attendToken[storage], C, { visible: firstSlot + rows, position: firstSlot + rows - 1, capacity: slots, position_stride: 0 }, { qkv: gpu.uploadRows(last, width), keys, values, positions, turns, stats, outputs }, [spans, 2])
      await gpu.run(attendMerge, { HEADS: 6, HEAD_SIZE: headSize }, { spans }, { stats, outputs, output: one }, [6])
      expectClose(await gpu.readRows(one, 6 * headSize), want.slice((rows - 1) * 6 * headSize), tolerance.attention)
    })
  }
  gpuTest('select+compact ' + storage, async ({ gpu }) => {
    const slots = 1300, occupied = 1200, headSize = 10
    const shape = { heads: 6, kvHeads: 2, headSize, rotary: { base: 10000, rotated: headSize } }
    const cache = emptyCache(shape, slots)
    cache.keys.set(stored(randomValues(cache.keys.length, 4), storage))
    cache.values.set(stored(randomValues(cache.values.length, 5), storage))
    cache.scores.set(randomValues(cache.scores.length, 7).map((x) => Math.round(20 * x)))
    cache.origins.set(randomIntegers(cache.origins.length, 1e6, 3))
    const scores = gpu.upload(cache.scores), keys = gpu.uploadCache(cache.keys, headSize, storage), values = gpu.uploadCache(cache.values, headSize, storage), origins = gpu.upload(cache.origins)
    const thresholds = gpu.upload(new Uint32Array(4))
    const e = { from: 30, occupied, places: 500, first: 3, last: 40 }
    const params = { pinned: 30, occupied, first: 3, last: 40, capacity: slots }
    await gpu.run(select, {}, { ...params, places: 500 }, { scores, thresholds }, [2])
    const t = refSelect(cache.scores, slots, e)
    expect(await gpu.readWords(thresholds)).toEqual(t)
    await gpu.run(compact[storage], { HEAD_SIZE: headSize }, params, { thresholds, keys, values, scores, origins }, [2])
    refCompact(cache, 2, t, e)
    const cut = (a: ArrayLike<number>, n: number) => Array.from({ length: 2 * 530 * n }, (_, i) => a[Math.floor(i / (530 * n)) * slots * n + (i % (530 * n))])
    expect(cut(await gpu.readWords(origins), 1)).toEqual(cut(cache.origins, 1))
    expect(cut(await gpu.readValues(scores), 1)).toEqual(cut(cache.scores, 1))
    expect(cut(await gpu.readCache(keys, headSize, storage), headSize)).toEqual(cut(cache.keys, headSize))
    expect(cut(await gpu.readCache(values, headSize, storage), headSize)).toEqual(cut(cache.values, headSize))
  })
}
gpuTest('norm gate score random', async ({ gpu }) => {
  const x = randomValues(5 * 50, 1), weight = randomValues(50, 2)
  const normed = gpu.upload(new Float32Array(4 * 64))
  await gpu.run(norm, {}, { first_row: 1, width: 50, row_quads: 16, epsilon: 1e-5 }, { x: gpu.uploadRows(x, 50), weight: gpu.uploadRows(weight, 50), normed }, [4])
  expectClose(await gpu.readRows(normed, 50), refNorm(x.slice(50), weight, 1e-5), tolerance.sum)
  const gu = randomValues(5 * 140, 3).map((v) => 6 * v)
  const gated = gpu.upload(new Float32Array(5 * 96))
  await gpu.run(gate, {}, { rows: 5, feed_forward: 70, in_width: 160, out_width: 96 }, { gate_up: gpu.uploadRows(gu, 140), gated }, gateGrid(70, 5))
  expectClose(await gpu.readRows(gated, 70), refGate(gu, 70), tolerance.sum)
  const hidden = randomValues(5 * 70, 4).map((v) => 6 * v), fc2 = randomValues(3 * 70, 5)
  const shape = { heads: 6, kvHeads: 3, headSize: 2, rotary: { base: 10000, rotated: 2 } }
  const cache = emptyCache(shape, 20)
  const scores = gpu.upload(cache.scores)
  await gpu.run(score, { KV_HEADS: 3 }, { width: 70, row_width: 96, first_slot: 7, capacity: 20 }, { hidden: gpu.uploadRows(hidden, 70), fc2: gpu.upload(fc2), scores }, [5])
  refScore(hidden, fc2, cache, 3, 7)
  expectClose(await gpu.readValues(scores), cache.scores, tolerance.sum)
  await gpu.run(scoreRandom, {}, { seed: 77, layer: 3, kv_heads: 3, rows: 5, first_slot: 7, first_origin: 1234, capacity: 20 }, { scores }, scoreRandomGrid(5, 3))
  for (let h = 0; h < 3; h++) for (let r = 0; r < 5; r++) cache.scores[h * 20 + 7 + r] = randomScore(77, 3, h, 1234 + r)
  expectClose(await gpu.readValues(scores), cache.scores, 0 + 1e-4)
})
gpuTest('choose', async ({ gpu }) => {
  const logits = randomValues(1000, 1).map((v) => 5 * v)
  const ids = gpu.upload(new Uint32Array(1))
  await gpu.run(chooseGreedy, {}, { vocabulary: 1000 }, { logits: gpu.upload(logits), ids }, [1])
  expect((await gpu.readWords(ids))[0]).toBe(greedy(logits))
  let same = 0
  for (let step = 0; step < 20; step++) {
    await gpu.run(choose, {}, { vocabulary: 1000, top_k: 50, seed: 5, step, inverse_temperature: 1 / 0.8, top_p: 0.9 }, { logits: gpu.upload(logits), ids }, [1])
    same += Number((await gpu.readWords(ids))[0] === sample(logits, { temperature: 0.8, topK: 50, topP: 0.9 }, uniform(5, step)))
  }
  expect(same).toBe(20)
})
