import { describe, expect, it } from 'vitest'
import { blobFile } from '../../files/blob_file.ts'
import type { Checkpoint, RowSlice } from '../checkpoint.ts'
import { openFiles } from '../../testing/open_files.ts'
import { openCheckpoint } from '../open_checkpoint.ts'
import { openSafetensors } from './checkpoint.ts'
import { sliceBytes } from '../stored_rows.ts'
import { serve } from '../serve.fixture.ts'
import { writeSafetensors, type WritableTensor } from './write.ts'

const ignore = () => undefined

/** Values that every dtype holds exactly. */
const ramp = (length: number, from = 0) =>
  Float32Array.from({ length }, (_, i) => ((from + i) % 251) - 125)

const matrix = (
  name: string,
  rows: number,
  width: number,
  dtype: WritableTensor['dtype'] = 'F32',
): WritableTensor => ({
  name,
  shape: [rows, width],
  values: ramp(rows * width, name.length),
  dtype,
})

const open = (bytes: Uint8Array<ArrayBuffer>) =>
  openSafetensors(blobFile(new Blob([bytes]), 'w.safetensors', ignore))

async function slices(checkpoint: Checkpoint, name: string): Promise<RowSlice[]> {
  const all: RowSlice[] = []
  for await (const slice of checkpoint.rows(name)) all.push(slice)
  return all
}

async function values(checkpoint: Checkpoint, name: string): Promise<number[]> {
  return (await slices(checkpoint, name)).flatMap((slice) => [...slice.values])
}

describe('one file', () => {
  it('gives back what was written, in every dtype, at any alignment', async () => {
    const tensors = [
      matrix('b', 3, 5, 'BF16'), // 30 bytes: what follows is not aligned to 4
      matrix('a', 2, 7, 'F32'),
      matrix('h', 1, 3, 'F16'),
      { name: 'vector', shape: [4], values: ramp(4), dtype: 'F32' },
      { name: 'scalar', shape: [], values: ramp(1), dtype: 'F16' },
      { name: 'empty', shape: [0, 4], values: ramp(0), dtype: 'F32' },
    ] satisfies WritableTensor[]
    const checkpoint = await open(writeSafetensors(tensors, { format: 'pt', step: '3' }))
    expect(checkpoint.metadata).toEqual({ format: 'pt', step: '3' })
    expect(new Set(checkpoint.tensors.keys())).toEqual(new Set(tensors.map(({ name }) => name)))
    for (const { name, shape, values: written } of tensors) {
      expect(checkpoint.tensors.get(name)).toMatchObject({ name, shape })
      expect(await values(checkpoint, name)).toEqual([...written])
    }
  })

  it('lists tensors in file order, with their bytes', async () => {
    const written = [matrix('z', 1, 2, 'F32'), matrix('10', 1, 2, 'F16'), matrix('a', 1, 2, 'BF16')]
    const { tensors } = await open(writeSafetensors(written))
    expect([...tensors.values()].map(({ name, bytes }) => [name, bytes])).toEqual([
      ['z', 8],
      ['10', 4],
      ['a', 4],
    ])
  })

  it('cuts a large tensor into slices of whole rows', async () => {
    const width = 3000
    const written = matrix('large', 500, width, 'BF16')
    const got = await slices(await open(writeSafetensors([written])), 'large')
    expect(got.length).toBeGreaterThan(1)
    let next = 0
    for (const slice of got) {
      expect(slice.first).toBe(next)
      expect(slice.values.length % width).toBe(0)
      expect(slice.values.byteLength).toBeLessThanOrEqual(sliceBytes)
      const expected = written.values.subarray(next * width, next * width + slice.values.length)
      expect(Buffer.from(slice.values.buffer).equals(Buffer.from(expected.slice().buffer))).toBe(
        true,
      )
      next += slice.values.length / width
    }
    expect(next).toBe(500)
  })

  it('gives a row beyond the limit as a slice of its own', async () => {
    const width = sliceBytes / 4 + 1
    const got = await slices(await open(writeSafetensors([matrix('wide', 2, width)])), 'wide')
    expect(got.map((slice) => [slice.first, slice.values.length])).toEqual([
      [0, width],
      [1, width],
    ])
  })

  it('keeps NaN and infinity, for the caller to judge', async () => {
    const written = { name: 'w', shape: [3], values: Float32Array.of(NaN, -Infinity, 1) }
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      expect(await values(await open(writeSafetensors([{ ...written, dtype }])), 'w')).toEqual([
        NaN,
        -Infinity,
        1,
      ])
    }
  })

  it('names a tensor that is missing or of a dtype that cannot be read', async () => {
    const bytes = writeSafetensors([matrix('w', 1, 2, 'F16')])
    const text = new TextDecoder('latin1').decode(bytes).replace('"F16"', '"I16"')
    const checkpoint = await open(Uint8Array.from(text, (c) => c.charCodeAt(0)))
    await expect(values(checkpoint, 'w')).rejects.toThrow('tensor w is stored as I16; only F32')
    await expect(values(checkpoint, 'v')).rejects.toThrow('no tensor v')
  })

  it('refuses files too short for anything', async () => {
    for (const length of [0, 7, 9]) {
      const opening = open(writeSafetensors([matrix('w', 1, 2)]).slice(0, length))
      await expect(opening).rejects.toMatchObject({ code: 'bad-file' })
    }
  })

  it('stops when the signal fires between two slices', async () => {
    const checkpoint = await open(writeSafetensors([matrix('large', 500, 3000, 'BF16')]))
    const stop = new AbortController()
    const reading = async () => {
      for await (const slice of checkpoint.rows('large', stop.signal)) {
        expect(slice.first).toBe(0)
        stop.abort()
      }
    }
    await expect(reading()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('refuses to write values that do not fill their shape', () => {
    expect(() => writeSafetensors([{ ...matrix('w', 1, 2), shape: [3] }])).toThrow(
      'tensor w of shape (3) needs 3 values, not 2',
    )
  })
})

describe('a folder on a server', () => {
  const tensors = [matrix('a', 30, 40), matrix('skipped', 9, 9), matrix('b', 20, 30, 'BF16')]

  for (const manner of ['ranges', 'whole', 'chunked'] as const) {
    it(`streams all tensors with the request that brought the header (${manner})`, async () => {
      const files = { 'model.safetensors': writeSafetensors(tensors) }
      const server = await serve({ files, manner })
      const checkpoint = await openCheckpoint(openFiles(server.url, ignore))
      expect(await values(checkpoint, 'a')).toEqual([...tensors[0]!.values])
      expect(await values(checkpoint, 'b')).toEqual([...tensors[2]!.values])
      expect(server.requests).toEqual([
        'model.safetensors bytes=0-0', // is it there?
        'model.safetensors bytes=0-65535',
      ])
    })
  }

  const index = (weight_map: unknown) => JSON.stringify({ metadata: { total_size: 1 }, weight_map })
  const map = { a: 'model-1.safetensors', b: 'model-2.safetensors' }
  const shards = {
    'model-1.safetensors': writeSafetensors([tensors[0]!, tensors[1]!], { format: 'pt' }),
    'model-2.safetensors': writeSafetensors([tensors[2]!]),
  }

  for (const manner of ['ranges', 'whole'] as const) {
    it(`joins shards (${manner})`, async () => {
      const files = { ...shards, 'model.safetensors.index.json': index(map) }
      const server = await serve({ files, manner })
      const checkpoint = await openCheckpoint(openFiles(server.url, ignore))
      expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b'])
      expect(checkpoint.metadata).toEqual({ format: 'pt' })
      for (const tensor of [tensors[2]!, tensors[0]!]) {
        expect(await values(checkpoint, tensor.name)).toEqual([...tensor.values])
      }
    })
  }

  it.each([
    ['no weight_map', '{}', /index\.json has no weight_map/],
    ['a shard elsewhere', index({ a: '../model-1.safetensors' }), /not the name of a safetensors/],
    ['a shard at an address', index({ a: 'https://example.org/x.safetensors' }), /not the name/],
    ['a shard that is no text', index({ a: 1 }), /places tensor a in 1/],
    [
      'a tensor that its shard lacks',
      index({ ...map, c: 'model-2.safetensors' }),
      /tensor c in model-2/,
    ],
    [
      'a shard that is missing',
      index({ a: 'model-3.safetensors' }),
      /model-3\.safetensors answered 404/,
    ],
  ])('refuses an index with %s', async (_, json, message) => {
    const files = { ...shards, 'model.safetensors.index.json': json }
    const server = await serve({ files, manner: 'ranges' })
    await expect(openCheckpoint(openFiles(server.url, ignore))).rejects.toThrow(message)
  })

  it('says what a folder without weights must hold', async () => {
    const server = await serve({ files: {}, manner: 'ranges' })
    await expect(openCheckpoint(openFiles(server.url, ignore))).rejects.toThrow(
      /holds neither model\.safetensors nor model\.safetensors\.index\.json; a model folder holds/,
    )
  })

  it('reports a download that is cut inside a tensor', async () => {
    const bytes = writeSafetensors([matrix('a', 30, 40), matrix('b', 300, 100)])
    const files = { 'model.safetensors': bytes }
    const server = await serve({ files, manner: 'cut', cutAt: bytes.length - 100 })
    const checkpoint = await openCheckpoint(openFiles(server.url, ignore))
    expect(await values(checkpoint, 'a')).toHaveLength(1200)
    const [cut, whole] = [bytes.length - 100, bytes.length].map((n) => n.toLocaleString('en-US'))
    await expect(values(checkpoint, 'b')).rejects.toThrow(`cut after ${cut!} of ${whole!} bytes`)
  })
})
