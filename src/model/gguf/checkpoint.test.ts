import { expect, it } from 'vitest'
import { blobFile } from '../../files/blob_file.ts'
import { blockFormats } from './blocks.ts'
import { ggufCheckpoint } from './checkpoint.ts'
import type { GgufTensor } from './header.ts'

const metadata = {
  'general.architecture': 'llama',
  'llama.embedding_length': 64,
  'llama.feed_forward_length': 96,
  'llama.block_count': 2,
  'llama.attention.head_count': 4,
  'llama.context_length': 512,
  'llama.attention.layer_norm_rms_epsilon': 1e-5,
}

it('has the biases of q and k in the order of their rows, v as it lies', async () => {
  const { format, values } = {
    format: blockFormats['F32']!,
    values: Float32Array.from({ length: 8 }, (_, i) => i),
  }
  const file = blobFile(new Blob([values]), 'bias.gguf', () => undefined)
  const tensors = ['blk.0.attn_q.bias', 'blk.0.attn_k.bias', 'blk.0.attn_v.bias'].map(
    (name): GgufTensor => ({ name, shape: [8], type: 'F32', format, start: 0, bytes: 32 }),
  )
  const heads = { 'llama.attention.head_count': 2, 'llama.attention.head_count_kv': 1 }
  const checkpoint = ggufCheckpoint(file, { metadata: { ...metadata, ...heads }, tensors })
  const read = async (name: string) => {
    const all: number[] = []
    for await (const slice of checkpoint.rows(`model.layers.0.self_attn.${name}_proj.bias`))
      all.push(...slice.values)
    return all
  }
  // two heads of 4 dimensions whose pairs lie side by side, then one of 8
  expect(await read('q')).toEqual([0, 2, 1, 3, 4, 6, 5, 7])
  expect(await read('k')).toEqual([0, 2, 4, 6, 1, 3, 5, 7])
  expect(await read('v')).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
