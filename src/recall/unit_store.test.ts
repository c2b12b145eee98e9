import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { diskFolder } from '../../cli/models/disk_folder.ts'
import { noRoomFor, type Folder } from '../files/store/folder.ts'
import { rowBytes } from '../plan/cache_bytes.ts'
import { createUnitStore, type RowKind } from './unit_store.ts'

const shape = { layers: 3, kvHeads: 2, headSize: 16 }
const storage = 'int8'
const row = rowBytes(shape.headSize, storage)

/** Every byte of a unit's row says which it is. */
function mark(layer: number, kind: RowKind, kvHead: number, token: number): number {
  return 1 + ((layer * 59 + (kind === 'keys' ? 0 : 31) + kvHead * 17 + token * 3) % 255)
}

function block(first: number, tokens: number) {
  const bytes = new Uint8Array(shape.layers * 2 * shape.kvHeads * tokens * row)
  let at = 0
  for (let layer = 0; layer < shape.layers; layer++) {
    for (const kind of ['keys', 'values'] as const) {
      for (let kvHead = 0; kvHead < shape.kvHeads; kvHead++) {
        for (let token = first; token < first + tokens; token++) {
          bytes.fill(mark(layer, kind, kvHead, token), at, (at += row))
        }
      }
    }
  }
  return { bytes, tokens }
}

let disk = ''
beforeEach(async () => {
  disk = await mkdtemp(join(tmpdir(), 'longtab-units-'))
})
afterEach(() => rm(disk, { recursive: true }))

const segmentBytes = 8 * shape.layers * 2 * shape.kvHeads * row

/** @param inMemory segments that stay there; undefined without a private file */
async function filled(inMemory?: number) {
  const folder = inMemory === undefined ? undefined : await diskFolder(disk)
  const store = createUnitStore(shape, storage, 8, folder, (inMemory ?? 0) * segmentBytes)
  await store.clear()
  store.append(block(0, 5))
  store.append(block(5, 14)) // over two borders
  store.append(block(19, 1))
  return store
}

describe.each([
  ['in memory', undefined, 3],
  ['one segment in memory, one in a file', 1, 2],
  ['full segments in a file', 0, 1],
])('%s', (_, inMemory, held) => {
  test('rows lie by layer, kind and head in segments, zero behind the last token', async () => {
    const store = await filled(inMemory)
    expect(store.tokens).toBe(20)
    expect(store.bytes).toBe(held * segmentBytes)
    for (let segment = 0; segment < 3; segment++) {
      const rows = await store.segment(2, 'values', segment)
      for (let kvHead = 0; kvHead < shape.kvHeads; kvHead++) {
        for (let i = 0; i < 8; i++) {
          const token = 8 * segment + i
          const first = (kvHead * 8 + i) * row
          const expected = token < 20 ? mark(2, 'values', kvHead, token) : 0
          expect([...rows.subarray(first, first + row)]).toEqual(Array(row).fill(expected))
        }
      }
    }
  })

  test('rows are gathered in the order asked for, over borders and out of order', async () => {
    const tokens = Uint32Array.of(0, 6, 7, 8, 9, 19, 2, 3)
    const into = new Uint8Array(tokens.length * row)
    await (await filled(inMemory)).gather({ layer: 1, kind: 'keys', kvHead: 1 }, tokens, into)
    tokens.forEach((token, i) => {
      const expected = mark(1, 'keys', 1, token)
      expect([...into.subarray(i * row, (i + 1) * row)]).toEqual(Array(row).fill(expected))
    })
  })

  test('a store that is cleared begins anew, with one file at most', async () => {
    const store = await filled(inMemory)
    await store.clear()
    expect([store.tokens, store.bytes]).toEqual([0, 0])
    store.append(block(0, 3))
    expect(store.tokens).toBe(3)
    expect((await readdir(disk)).length).toBeLessThanOrEqual(1)
  })
})

test('where the disk is full, segments stay in memory', async () => {
  const folder: Folder = {
    ...(await diskFolder(disk)),
    openToWrite: async (name) => ({
      ...(await (await diskFolder(disk)).openToWrite(name)),
      write: () => {
        throw noRoomFor(1)
      },
    }),
  }
  const store = createUnitStore(shape, storage, 8, folder, 0)
  await store.clear()
  store.append(block(0, 20))
  expect(store.bytes).toBe(3 * segmentBytes)
  const rows = await store.segment(0, 'keys', 1)
  expect(rows[0]).toBe(mark(0, 'keys', 0, 8))
})

test('a store that the machine has no memory for says how much it has', () => {
  const store = createUnitStore({ layers: 64, kvHeads: 64, headSize: 256 }, 'f32', 2 ** 33)
  const nothing = { bytes: new Uint8Array(0), tokens: 1 }
  expect(() => store.append(nothing)).toThrow(/^the units of 0 tokens take 0 MB outside the GPU/)
})
