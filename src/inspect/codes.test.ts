// Whatever fails under a public call that needs no GPU leaves as a LongtabError with a code.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { inspectModel, load, LongtabError, fileText, type ModelSource } from '../index.ts'
import { openTexts } from '../reading/texts.ts'
import { openFiles } from '../testing/open_files.ts'

const own = new URL('../../public/models/default/', import.meta.url)
const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']
const folder = (changed: Readonly<Record<string, BlobPart>> = {}) =>
  names.map((name) => new File([changed[name] ?? readFileSync(new URL(name, own))], name))

const signal = new AbortController().signal
const inspect = (source: ModelSource) => inspectModel(source, { keep: false }, signal)
const gpu = (requestAdapter: () => Promise<never>) =>
  ({ requestAdapter }) as unknown as NonNullable<Parameters<typeof load>[1]>['gpu'] & object

/** As of a file on a disk that was taken away. */
function unreadable(name: string): File {
  const gone = () => Promise.reject(new DOMException('gone', 'NotReadableError'))
  const stream = () => new ReadableStream({ pull: gone })
  const file = new File(['{}'], name)
  return Object.assign(file, { arrayBuffer: gone, stream, slice: () => unreadable(name) })
}

const tokenizer = (change: object): string => {
  const text = readFileSync(new URL('tokenizer.json', own), 'utf8')
  return JSON.stringify({ ...(JSON.parse(text) as object), ...change })
}

const failures: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  [
    'an adapter that throws',
    'no-webgpu',
    () => load(folder(), { gpu: gpu(() => Promise.reject(new Error('crashed'))) }),
  ],
  ['a document that cannot be read', 'bad-input', () => fileText(unreadable('a.txt'))],
  ['a file of a model that cannot be read', 'bad-file', () => inspect([unreadable('config.json')])],
  ['a GGUF file that cannot be read', 'bad-file', () => inspect([unreadable('a.gguf')])],
  ['a GGUF file of noise', 'bad-file', () => inspect([new File(['GGUF'.repeat(100)], 'a.gguf')])],
  ['no source', 'bad-file', () => inspect(undefined as unknown as ModelSource)],
  ['a number as a source', 'bad-file', () => inspect([7] as unknown as ModelSource)],
  [
    'a tokenizer that its library refuses',
    'bad-file',
    () =>
      openTexts(
        openFiles(
          folder({ 'tokenizer.json': tokenizer({ pre_tokenizer: { type: 'X' } }) }),
          () => undefined,
        ),
        undefined,
      ),
  ],
]

it.each(failures)('%s is %s', async (_, code, fail) => {
  const error: unknown = await fail().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(LongtabError)
  expect(error).toMatchObject({ code })
})
