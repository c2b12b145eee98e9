// Names of models on the command line, and what they bring from an imitation of the Hub.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { serveHub } from '../../src/files/store/hub.fixture.ts'
import { root } from '../build/paths.ts'
import { hubModel, isHubName } from './hub_model.ts'

it.each([
  'ann/tiny',
  'ann/tiny:Q8_0',
  'ann/tiny@v2',
  'hf.co/ann/tiny:Q8_0',
  'huggingface.co/ann/tiny',
  'https://huggingface.co/ann/tiny/blob/main/t-Q8_0.gguf',
])('%s is on the Hub', (name) => {
  expect(isHubName(name)).toBe(true)
})

it.each(['cli/models', './ann/tiny', '/ann/tiny', 'https://host/ann/tiny/', 'tiny', 'a/b/c'])(
  '%s is not',
  (name) => {
    expect(isHubName(name)).toBe(false)
  },
)

it('serves the file of the quantization once it is brought', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'longtab-brought-'))
  onTestFinished(() => rm(cache, { recursive: true }))
  const weights = await readFile(join(root, 'fixtures/gguf/llama3.gguf'))
  const hub = await serveHub({ 't-Q4_0.gguf': 'another', 't-Q8_0.gguf': weights })
  onTestFinished(() => hub.close())
  const brought = hubModel('hf.co/ann/tiny:q8_0', undefined, { hub: hub.url }, cache)
  await brought.bring(
    false,
    async () => undefined,
    () => undefined,
  )
  expect(brought.model).toBe('hub/model/t-Q8_0.gguf')
  expect(brought.mounts['/hub/model/']).toHaveProperty('typed', 'ann/tiny:')
})
