// A small random Gemma 4 against the reference. Layers of shared attention keep nothing and see what the layers that they read
// from have kept; those have heads of two sizes.
import { expect, test } from 'vitest'
import { readbackUsage } from '../gpu/memory.ts'
import { readBuffer } from '../gpu/readback.ts'
import { copyDocumentCache } from '../recall/document_cache.ts'
import { expectAnswer, expectShownBytes } from '../testing/agreement.ts'
import { findParting } from '../testing/bisect.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { randomGemma4 } from '../testing/random_gemma4.ts'
import {
  ask,
  firstLogits,
  kept,
  open,
  read,
  tokens,
  type UsualOverrides,
} from '../testing/small_engine.ts'

const gemma4 = randomGemma4()
const gpu = gpuOfFile()
const openGemma4 = (settings: UsualOverrides) => open(gpu, settings, undefined, gemma4)
const streaming = { policy: { name: 'streaming', sinks: 4 } } as const

/** five chunks and four evictions, the last chunk shorter */
const text = tokens.subarray(0, 210)

test.each([
  ['a pyramid over the layers that keep', { ...streaming, allocation: 'pyramid' }],
  ['keydiff, positions that stay', { policy: 'keydiff', positions: 'original' }],
  ['h2o in layers with heads of either size', { policy: 'h2o', budget: 20 }], // shorter than the window
  ['sirllm', { policy: 'sirllm' }],
  ['full', { policy: 'full' }],
] as [string, UsualOverrides][])('%s: as the reference', async (_, settings) => {
  const engine = await openGemma4(settings)
  await expectAnswer(engine, gemma4.reference, text)
  expect((await kept(engine)).map((layer) => layer.length)).toEqual([2, 2, 2, 2, 0, 0])
})

test('every step agrees with its twin', async () => {
  const engine = await openGemma4(streaming)
  expect(await findParting(engine, gemma4.reference, tokens.subarray(0, 120), 1e-4)).toBe(undefined)
})

test('a bad number of a layer’s own input is told by its layer and step, and is gone with it', async () => {
  const engine = await openGemma4(streaming)
  const input = engine.weights.layers[2]?.layerInput
  if (!input) throw new Error('layer 2 has no input')
  const [right] = new Float32Array(await readBuffer(gpu.device, input.norm, 0, 4))
  gpu.device.queue.writeBuffer(input.norm, 0, Float32Array.of(NaN))
  await expect(read(engine, text)).rejects.toThrow(
    'the numbers of layer 2 became NaN behind its own input (addLayerInput); ',
  )
  gpu.device.queue.writeBuffer(input.norm, 0, Float32Array.of(right ?? 0))
  await expectAnswer(engine, gemma4.reference, text)
})

test('a document whose slots were used for something else comes back, rows of both sizes', async () => {
  const engine = await openGemma4(streaming)
  const tail = await read(engine, text)
  const right = await firstLogits(engine, tail)
  const staging = gpu.memory.allocate('scratch', 'staging', 4096, readbackUsage)
  const held = await copyDocumentCache(engine, staging)
  await read(engine, tokens.subarray(200, 290))
  held.restore(engine)
  gpu.memory.free(staging)
  expect(await firstLogits(engine, tail)).toEqual(right)
})

test('a reading leaves out the layers that keep nothing, and an answer does not', async () => {
  const engine = await openGemma4(streaming)
  const input = engine.weights.layers[5]?.layerInput
  if (!input) throw new Error('layer 5 has no input')
  gpu.device.queue.writeBuffer(input.norm, 0, Float32Array.of(NaN))
  const tail = await read(engine, text)
  await expect(ask(engine, tail, 2)).rejects.toThrow('the numbers of layer 5 became NaN')
})

test('the bytes that were shown before: nothing for the units of shared layers or the table', async () => {
  await expectShownBytes(gpu, () => openGemma4(streaming))
})
