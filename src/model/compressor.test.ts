import { expect, test } from 'vitest'
import { randomCompressor } from '../../reference/random_compressor.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { blobFile } from '../files/blob_file.ts'
import { openCompressor, readCompressorLayer, requireMergedSlots } from './compressor.ts'

const { description } = randomModel(smallShape, 1)

const fileOf = (model: typeof description, taps: number) => {
  const { file, layers } = randomCompressor(model, { merged: 6, taps, lambda: 0.5 }, 3)
  return { file: blobFile(file, 'merger.safetensors', () => undefined), layers }
}

test('a compressor says its slots and kernel size, and gives each layer', async () => {
  const { file, layers } = fileOf(description, 5)
  const compressor = await openCompressor(file, description)
  expect(compressor).toMatchObject({ merged: 6, taps: 5, name: 'merger.safetensors' })
  const last = description.layers - 1
  const { weights, bias, lambda } = await readCompressorLayer(compressor, description, last)
  expect({ weights, bias, lambda }).toEqual({
    weights: layers[last]!.weights,
    bias: layers[last]!.bias,
    lambda: 0.5,
  })
})

test.each([
  [
    'heads of another size',
    { ...description, headSize: 16 },
    5,
    /memory_saver.layers.0.weight of merger.safetensors has shape \(6, 32, 5\), expected \(merged slots, 24, an odd kernel size\)/,
  ],
  ['an even kernel', description, 4, /has shape \(6, 24, 4\), expected \(merged slots, 24, an odd/],
  [
    'fewer layers',
    { ...description, layers: description.layers - 1 },
    5,
    /the compressor merger.safetensors/,
  ],
])('%s: refused, both shapes said', async (_name, model, taps, message) => {
  await expect(openCompressor(fileOf(model, taps).file, description)).rejects.toThrow(message)
})

test('a file of other tensors is no compressor', async () => {
  const { file } = fileOf({ ...description, layers: 0 }, 5)
  await expect(openCompressor(file, description)).rejects.toThrow(/holds no compressor/)
})

test('another number of merged slots than budget and kept share leave is refused, both shapes said', async () => {
  const compressor = await openCompressor(fileOf(description, 5).file, description)
  requireMergedSlots(compressor, description, 6)
  expect(() => requireMergedSlots(compressor, description, 9)).toThrow(
    /has shape \(6, 24, 5\), expected \(9, 24, 5\): budget × \(1 − kept share\) slots; leave the kept share out/,
  )
})
