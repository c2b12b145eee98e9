import { expect, it } from 'vitest'
import { blobFile } from '../../files/blob_file.ts'
import type { ByteFile } from '../../files/byte_file.ts'
import { gguf, virtualModel, type VirtualModel } from '../../testing/virtual_model.ts'
import { headerBytes } from './header_bytes.ts'
import { readHeader } from './header.ts'

/** As a tokenizer has them: the later, the longer. */
const vocabulary = Array.from({ length: 150_000 }, (_, id) => `Ġ${(id * 7919).toString(36)}`)
const merges = vocabulary.map((token) => `${token.slice(0, 2)} ${token.slice(2)}`)

function fileOf(model: Partial<VirtualModel>, size = 400_000) {
  const { begins } = gguf(virtualModel(model))
  const bytes = new Uint8Array(Math.max(begins.length, size))
  bytes.set(begins)
  const asked: (readonly [number, number])[] = []
  const whole = blobFile(new Blob([bytes]), 'model.gguf', () => undefined)
  const file: ByteFile = {
    ...whole,
    part(start, end) {
      asked.push([start, end])
      return whole.part(start, end)
    },
  }
  return { file, asked, header: begins.length }
}

it('are there in few requests, none of them for what is there, and with few of the weights', async () => {
  const large = { tokens: vocabulary, metadata: { 'tokenizer.ggml.merges': merges } }
  const { file, asked, header } = fileOf(large, 12e6)
  expect(header).toBeGreaterThan(5e6)
  const bytes = await headerBytes(file)
  expect(bytes.length).toBeGreaterThanOrEqual(header - 31) // it is padded
  expect(bytes.length).toBeLessThan(header + 2 ** 17)
  expect(asked.length).toBeLessThanOrEqual(10)
  asked.forEach(([start], i) => expect(start).toBe(asked[i - 1]?.[1] ?? 0))
})

it('hold every token, merge and tensor', async () => {
  const metadata = { 'tokenizer.ggml.merges': merges }
  const { metadata: found, tensors } = await readHeader(
    virtualFile({ tokens: vocabulary, metadata }),
  )
  expect(found['tokenizer.ggml.tokens']).toEqual(vocabulary)
  expect(found['tokenizer.ggml.merges']).toEqual(merges)
  expect(tensors).toHaveLength(virtualModel().tensors.length)
})

it('of a small file are one request', async () => {
  const { file, asked, header } = fileOf({})
  expect((await headerBytes(file)).length).toBeGreaterThanOrEqual(header)
  expect(asked).toEqual([[0, 2 ** 17]])
})

it('that would be longer than any are not fetched', async () => {
  const { file, asked } = fileOf({}, 60e6)
  const lying: ByteFile = {
    ...file,
    async part(start, end) {
      const bytes = await file.part(start, end)
      // the first field's name is said to have 51 million characters
      if (start === 0) new DataView(bytes.buffer).setBigUint64(24, 51_000_000n, true)
      return bytes
    },
  }
  await expect(headerBytes(lying).then(({ length }) => length)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining('has a header of more than 50,331,648 bytes') as string,
  })
  expect(asked).toHaveLength(1)
})

/** The header, and behind it as many bytes as its tensors take; nobody reads them. */
function virtualFile(model: Partial<VirtualModel>): ByteFile {
  const { begins, bytes } = gguf(virtualModel(model))
  const blob = blobFile(new Blob([Uint8Array.from(begins)]), 'model.gguf', () => undefined)
  return {
    ...blob,
    size: () => Promise.resolve(bytes),
    part: (start, end) => blob.part(start, Math.min(end, begins.length)),
  }
}
