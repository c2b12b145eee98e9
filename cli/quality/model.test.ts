import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compressorTensors } from '../../src/model/compressor.ts'
import { writeSafetensors } from '../../src/model/safetensors/write.ts'
import { root } from '../build/paths.ts'
import { compressorOf, compressorSlots, hasHeads, modelHash, tokenCounter } from './model.ts'

let model: string
beforeEach(async () => {
  model = await mkdtemp(join(tmpdir(), 'longtab-'))
})
afterEach(() => rm(model, { recursive: true }))

test('other heads are another model, wherever they come from', async () => {
  const heads = join(model, 'other.safetensors')
  await writeFile(heads, 'b')
  expect(await hasHeads({ model })).toBe(false)
  const hashes = [await modelHash({ model }), await modelHash({ model, heads })]
  for (const trained of ['a', 'c']) {
    await writeFile(join(model, 'heads.safetensors'), trained)
    hashes.push(await modelHash({ model }))
  }
  expect(new Set(hashes).size).toBe(4)
  expect(await hasHeads({ model })).toBe(true)
  expect(await modelHash({ model, heads })).toBe(hashes[1])
})

test('a compressor is the one named or the model’s own, and another is another model', async () => {
  const values = new Float32Array(3 * 4 * 5)
  const name = compressorTensors(0).weight
  const bytes = writeSafetensors([{ name, shape: [3, 4, 5], values, dtype: 'F32' }])
  const [own, other] = [join(model, 'compressor.safetensors'), join(model, 'other.safetensors')]
  await writeFile(other, 'no compressor')
  expect(await compressorOf({ model })).toBeUndefined()
  expect(await compressorOf({ model, compressor: other })).toBe(other)
  const hashes = [await modelHash({ model }), await modelHash({ model, compressor: other })]
  await writeFile(own, bytes)
  hashes.push(await modelHash({ model }))
  expect(new Set(hashes).size).toBe(3)
  expect(await compressorOf({ model })).toBe(own)
  expect(await compressorSlots(own)).toBe(3)
  await expect(compressorSlots(other)).rejects.toThrow(/other.safetensors/)
})

test('a .gguf file has its tokenizer inside, no heads beside it, and a hash of its own', async () => {
  const [llama3, qwen3] = ['llama3', 'qwen3'].map((name) =>
    join(root, `fixtures/gguf/${name}.gguf`),
  )
  const count = await tokenCounter(llama3!)
  expect(count('the ferry')).toBeGreaterThan(2)
  expect(count('the ferry')).toBeLessThan(10)
  expect(await hasHeads({ model: llama3! })).toBe(false)
  expect(await modelHash({ model: llama3! })).not.toBe(await modelHash({ model: qwen3! }))
})
