import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openFiles } from '../testing/open_files.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { readDescription } from './config.ts'
import { writeSafetensors } from './safetensors/write.ts'

const ignore = () => undefined
const fixtures = new URL('../../fixtures/', import.meta.url)
const gguf = Uint8Array.from(readFileSync(new URL('gguf/llama3.gguf', fixtures)))
const file = (name: string, content: BlobPart = '{}') => new File([content], name)
const tensor = (name: string) =>
  writeSafetensors([{ name, shape: [1], values: Float32Array.of(1), dtype: 'F32' }])

describe('picked together', () => {
  it('a GGUF file has the heads and the compressor beside it', async () => {
    const heads = file('heads.safetensors', 'the heads')
    const files = openFiles([heads, file('tiny.gguf', gguf), file('README.md')], ignore)
    expect(await files.has('heads.safetensors')).toBe(true)
    expect(await files.has('compressor.safetensors')).toBe(false)
    expect(await files.has('README.md')).toBe(false)
    expect(await files.file('heads.safetensors').size()).toBe(9)
    expect(await readDescription(files)).toMatchObject({ family: 'llama' })
    expect((await openCheckpoint(files)).tensors.size).toBeGreaterThan(1)
  })

  it('two GGUF files are two models', () => {
    const two = [file('a.gguf', gguf), file('b.gguf', gguf)]
    expect(() => openFiles(two, ignore)).toThrow('several models (a.gguf and b.gguf); pick one')
  })

  it('a folder with a configuration is the model, whatever GGUF files lie in it', async () => {
    const files = openFiles([file('config.json'), file('a.gguf', gguf)], ignore)
    expect(await files.has('a.gguf')).toBe(true)
  })

  it('weights without the rest name what is needed', () => {
    expect(() => openFiles([file('model-00002-of-00003.safetensors')], ignore)).toThrow(
      'model-00002-of-00003.safetensors is one of 3 files of a model’s weights; pick its whole folder, with config.json, tokenizer.json, model-00001-of-00003.safetensors and 1 more files',
    )
  })
})

describe('shards of a folder', () => {
  const [first, second] = [1, 2].map((i) => `model-0000${i}-of-00002.safetensors`)
  const shards = [file(first!, tensor('a')), file(second!, tensor('b'))]
  const index = file(
    'model.safetensors.index.json',
    JSON.stringify({ weight_map: { a: first, b: second } }),
  )

  it.each([[[index]], [[]]])('are joined, with an index and without', async (more) => {
    const files = openFiles([file('config.json'), ...shards, ...more], ignore)
    const checkpoint = await openCheckpoint(files)
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b'])
  })

  it.each([[[index]], [[]]])('that are not all there are named', async (more) => {
    const files = openFiles([file('config.json'), shards[0]!, ...more], ignore)
    await expect(openCheckpoint(files)).rejects.toMatchObject({
      code: 'bad-file',
      message: `the weights are in 2 files and the picked files hold only 1 of them; add ${second}`,
    })
  })
})
