// A repository by name and quantization, against an imitation of the Hub.
import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { serveHub } from '../files/store/hub.fixture.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { readDescription } from './config.ts'
import { locate } from './locate.ts'
import { openSources } from './sources.ts'

const bytesOf = (name: string) =>
  Uint8Array.from(readFileSync(new URL(`../../fixtures/gguf/${name}.gguf`, import.meta.url)))
const files = {
  'README.md': 'two files',
  't-Q4_K_M.gguf': bytesOf('qwen3'),
  't-Q8_0.gguf': bytesOf('llama3'),
}

async function open(source: string) {
  const hub = await serveHub(files)
  onTestFinished(() => hub.close())
  const sources = openSources(() => undefined)
  onTestFinished(() => sources.close())
  return { hub, model: sources.folder(locate(source, { hub: hub.url, keep: false })) }
}

it.each([
  ['ann/tiny', 'qwen3'],
  ['hf.co/ann/tiny:q8_0', 'llama'],
  ['ann/tiny:Q4_K_M', 'qwen3'],
])('%s is the file that is meant', async (source, family) => {
  const { model } = await open(source)
  expect(await readDescription(model)).toMatchObject({ family })
  expect(await model.has('heads.safetensors')).toBe(false)
  expect((await openCheckpoint(model)).tensors.size).toBeGreaterThan(10)
})

it('asks for no file where none is of the quantization', async () => {
  const { hub, model } = await open('ann/tiny:Q2_K')
  await expect(readDescription(model)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining('it has Q4_K_M, Q8_0; name one of them') as string,
  })
  expect(hub.requests.filter((line) => line.includes('.gguf'))).toEqual([])
})
