// Each of a model's files replaced by what git and servers put in its place: the message says what it is.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openTexts } from '../reading/texts.ts'
import { openFile, openFiles } from '../testing/open_files.ts'
import { readDescription } from './config.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { openRetainingHeads } from './retaining_heads.ts'
import { serve } from './serve.fixture.ts'
import type { ModelFiles } from './model_files.ts'
import { tinyModel } from './tiny_model.fixture.ts'

const ignore = () => undefined
const own = new URL('../../public/models/default/', import.meta.url)
const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']
const folder = Object.fromEntries(
  names.map((name) => [name, Uint8Array.from(readFileSync(new URL(name, own)))]),
)

const standIns: Readonly<Record<string, readonly [content: string, says: string]>> = {
  'a Git LFS pointer': [
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 98362432\n`,
    'is a Git LFS pointer to a file of 98,362,432 bytes and not the file itself; run git lfs pull',
  ],
  'a log-in page': [
    '<!DOCTYPE html>\n<html lang="en"><head><title>Sign in to continue</title></head></html>',
    'is a web page (“Sign in to continue”), perhaps a log-in or an error',
  ],
  'a page of XHTML': [
    '<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"></html>',
    'is a web page, perhaps',
  ],
  "the Hub's error": [
    '{"error":"Access to model ann/tiny is restricted."}',
    'is a server’s error (“Access to model ann/tiny is restricted.”)',
  ],
  'an error with a code': [
    '{ "error": { "code": 404, "message": "no such key" } }',
    'is a server’s error (“no such key”)',
  ],
  "a bucket's error": [
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
    'is a server’s error (“Access Denied”)',
  ],
}

async function open(files: ModelFiles): Promise<void> {
  await readDescription(files)
  await openCheckpoint(files)
  await openTexts(files, undefined)
}

describe.each(Object.entries(standIns))('%s', (_, [content, says]) => {
  const refused = (name: string) => ({
    code: 'bad-file',
    message: expect.stringContaining(`${name} ${says}`) as string,
  })

  it.each(names)('in place of a picked %s', async (name) => {
    const files = Object.entries({ ...folder, [name]: content }).map(
      ([each, bytes]) => new File([bytes], each),
    )
    await expect(open(openFiles(files, ignore))).rejects.toMatchObject(refused(name))
  })

  it.each(names)('in place of %s on a server, with its address', async (name) => {
    const files = { ...folder, [name]: content }
    for (const manner of ['ranges', 'chunked'] as const) {
      const { url } = await serve({ files, manner })
      const opening = open(openFiles(url, ignore))
      await expect(opening, manner).rejects.toMatchObject(refused(`${url}${name}`))
    }
  })

  it('in place of a GGUF file', async () => {
    const picked = openFiles([new File([content], 'tiny.gguf')], ignore)
    await expect(open(picked)).rejects.toMatchObject(refused('tiny.gguf'))
    const { url } = await serve({ files: { 'tiny.gguf': content }, manner: 'ranges' })
    const served = openFiles(`${url}tiny.gguf`, ignore)
    await expect(open(served)).rejects.toMatchObject(refused(`${url}tiny.gguf`))
  })

  it.each(['heads.safetensors', 'heads.bin'])('in place of %s', async (name) => {
    const file = openFile(new File([content], name), 'heads', ignore)
    await expect(openRetainingHeads(file, tinyModel())).rejects.toMatchObject(refused(name))
  })
})

it('is not seen in a model as it should be', async () => {
  const { url } = await serve({ files: folder, manner: 'ranges' })
  await expect(open(openFiles(url, ignore))).resolves.toBeUndefined()
})

it('of a folder whose weights alone are forbidden says so', async () => {
  const { 'model.safetensors': _, ...files } = folder
  const { url } = await serve({ files, manner: 'ranges', missing: 403 })
  await expect(open(openFiles(url, ignore))).rejects.toMatchObject({
    code: 'no-access',
    message: expect.stringContaining(`${url}model.safetensors answered 403`) as string,
  })
})
