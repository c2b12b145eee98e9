import { expect, it } from 'vitest'
import { blobFile } from '../files/blob_file.ts'
import { describe } from './config.ts'
import { openSafetensors } from './safetensors/checkpoint.ts'
import { writeSafetensors } from './safetensors/write.ts'
import { openTokenRows } from './token_rows.ts'

const model = describe(
  {
    model_type: 'gemma4_text',
    hidden_size: 8,
    intermediate_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 4,
    global_head_dim: 4,
    vocab_size: 50,
    vocab_size_per_layer_input: 50,
    hidden_size_per_layer_input: 3,
  },
  {},
)

const table = 'model.embed_tokens_per_layer.weight'
const width = 6
const rowBytes = 4 * width

/** @param mostRows in memory at most */
async function openRows(mostRows: number, change = (_: Float32Array) => {}) {
  const values = Float32Array.from({ length: 50 * width }, (_, i) => i)
  change(values)
  let bytesRead = 0
  const bytes = writeSafetensors([{ name: table, shape: [50, width], values, dtype: 'F32' }])
  const file = blobFile(new Blob([bytes]), 'model.safetensors', (count) => (bytesRead += count))
  const rows = openTokenRows(model, await openSafetensors(file), mostRows * rowBytes)!
  bytesRead = 0
  const read = async (ids: number[]) => {
    const into = new Float32Array(ids.length * 8).fill(-1)
    await rows.read(ids, into, 8)
    return into
  }
  return { read, rowsRead: () => bytesRead / rowBytes }
}

const rowOf = (id: number) => [...Array.from({ length: width }, (_, i) => id * width + i), -1, -1]

it('gives every token its row, one that comes twice read once, and leaves padding as it is', async () => {
  const { read, rowsRead } = await openRows(10)
  expect([...(await read([7, 3, 7]))]).toEqual([...rowOf(7), ...rowOf(3), ...rowOf(7)])
  expect(rowsRead()).toBe(2)
})

it('keeps the rows used last, as many as its memory holds', async () => {
  const { read, rowsRead } = await openRows(2)
  await read([1, 2])
  await read([1, 3]) // 2 is let go, as 1 was used since
  expect(rowsRead()).toBe(3)
  await read([1, 3])
  expect(rowsRead()).toBe(3)
  await read([2])
  expect(rowsRead()).toBe(4)
  expect([...(await read([1, 2, 3, 4]))]).toEqual([1, 2, 3, 4].flatMap(rowOf)) // more than it keeps
})

it('refuses a row that is no number, when it is asked for', async () => {
  const { read } = await openRows(2, (values) => (values[4 * width] = NaN))
  await read([3, 5])
  await expect(read([4])).rejects.toThrow(`tensor ${table} holds NaN`)
})

it('is none in models whose layers have no input', () => {
  const { layerInputs: _, ...tensors } = model.tensors
  const checkpoint = { rowsAt: () => expect.unreachable(), close: () => undefined }
  expect(openTokenRows({ ...model, tensors }, checkpoint)).toBe(undefined)
})
