import { describe, expect, it } from 'vitest'
import { readAll } from '../byte_file.ts'
import { readJson } from '../folder_files.ts'
import { openFiles } from '../../testing/open_files.ts'
import { serve } from '../../model/serve.fixture.ts'

describe('files behind a URL', () => {
  it('reads texts and bytes, and counts what arrives', async () => {
    const files = { 'tiny/config.json': '{"a":"ä"}', 'tiny/weights.bin': Uint8Array.of(1, 2, 3) }
    const server = await serve({ files, manner: 'ranges' })
    let delivered = 0
    const folder = openFiles(`${server.url}tiny`, (bytes) => (delivered += bytes))
    expect(await readJson(folder, 'config.json')).toEqual({ a: 'ä' })
    expect(await readAll(folder.file('weights.bin'), 0, 3)).toEqual(Uint8Array.of(1, 2, 3))
    expect(delivered).toBe(10 + 3)
  })

  for (const missing of [404, 403, 'page'] as const) {
    it(`takes ${missing} for a missing file`, async () => {
      const server = await serve({ files: { 'config.json': '{}' }, manner: 'whole', missing })
      const folder = openFiles(server.url, () => undefined)
      expect(await folder.has('config.json')).toBe(true)
      expect(await folder.has('generation_config.json')).toBe(false)
      await expect(folder.text('generation_config.json')).rejects.toMatchObject({
        code: missing === 403 ? 'no-access' : 'network',
        message: expect.stringContaining(`${server.url}generation_config.json answered`) as string,
      })
    })
  }

  it('does not take a failing server for a missing file', async () => {
    const server = await serve({ files: {}, manner: 'ranges', missing: 500 })
    const folder = openFiles(server.url, () => undefined)
    await expect(folder.has('config.json')).rejects.toThrow('answered 500')
  })

  it('names both byte counts of a text that is cut', async () => {
    const files = { 'tokenizer.json': 'x'.repeat(1000) }
    const server = await serve({ files, manner: 'cut', cutAt: 400 })
    const folder = openFiles(server.url, () => undefined)
    await expect(folder.text('tokenizer.json')).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('cut after 400 of 1,000 bytes') as string,
    })
  })

  it('names a file that is not JSON or not UTF-8', async () => {
    const files = { 'config.json': '{"a":', 'tokenizer.json': Uint8Array.of(0x7b, 0xff, 0x7d) }
    const server = await serve({ files, manner: 'whole' })
    const folder = openFiles(server.url, () => undefined)
    await expect(readJson(folder, 'config.json')).rejects.toThrow('config.json is cut or not JSON')
    await expect(readJson(folder, 'tokenizer.json')).rejects.toThrow('not UTF-8')
  })

  it('stops when the signal fires', async () => {
    const server = await serve({ files: { 'config.json': '{}' }, manner: 'whole' })
    const folder = openFiles(server.url, () => undefined)
    const aborted = AbortSignal.abort()
    await expect(folder.text('config.json', aborted)).rejects.toMatchObject({ code: 'aborted' })
    await expect(folder.has('config.json', aborted)).rejects.toMatchObject({ code: 'aborted' })
  })
})

it('keeps a query for every file and shows it in no name', async () => {
  const server = await serve({ files: { 'm/config.json': '{}' }, manner: 'whole' })
  const folder = openFiles(`${server.url}m?token=1`, () => undefined)
  expect(await folder.text('config.json')).toBe('{}')
  expect(folder.folder).toBe(`${server.url}m/`)
  expect(folder.file('model.safetensors').name).toBe(`${server.url}m/model.safetensors`)
})

it('refuses what is no address', () => {
  expect(() => openFiles('models/tiny/', () => undefined)).toThrow('"models/tiny/" is neither')
})
