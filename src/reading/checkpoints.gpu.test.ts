// A reading that is cut off and goes on from its checkpoint ends with the bytes of one that was not.
import { expect, test } from 'vitest'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomCompressor } from '../../reference/random_compressor.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import type { DocumentSource, ReadOptions } from '../api/document.ts'
import type { LoadOptions, Model } from '../api/model.ts'
import { describeSaved, load } from '../index.ts'
import { openSavedFile } from '../saved/read.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const small = randomModel({ ...smallShape, headSize: 16 }, 7)
const compressor = randomCompressor(small.description, { merged: 30, taps: 5, lambda: 0.4 }, 21)
const text = Array.from(
  { length: 9 },
  (_, i) => `Lamp ${i} of pier ${i * 7} burns ${['red', 'green', 'white'][i % 3]}. `,
).join('')

const open = (options: LoadOptions) =>
  load([...modelFiles(small, 'F32'), headsFile(small, 'F32')], {
    gpu: sharedGpu,
    ...{ budget: 60, chunk: 40, tail: 64, local: 30 },
    ...options,
  })

/** All of a saved document but when it was saved, and how long reading took. */
async function contentsOf(file: Blob) {
  const { about } = await openSavedFile(file)
  const header = Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true))
  const told = about as { document: object }
  return {
    about: { ...told, savedAt: 0, document: { ...told.document, readMs: 0 } },
    parts: new Uint8Array(await file.slice(8 + header).arrayBuffer()),
  }
}

/** Reads until so many checkpoints were made. @returns the last of them */
async function cutOff(
  model: Model,
  document: DocumentSource,
  count: number,
  reading: ReadOptions,
): Promise<Blob> {
  const files: Blob[] = []
  const stop = new AbortController()
  const keep = (file: Blob) => {
    files.push(file)
    if (files.length === count) stop.abort()
  }
  const { signal } = stop
  const checkpoints = { title: 'Lamps', everyMs: 0, keep }
  await expect(model.read(document, { ...reading, checkpoints, signal })).rejects.toMatchObject({
    code: 'aborted',
  })
  expect(files).toHaveLength(count)
  return files[count - 1]!
}

const cases: [string, LoadOptions, ReadOptions?][] = [
  ['locret in int8', { policy: 'locret', storage: { cache: 'int8' } }],
  [
    'h2o in int4 at original positions',
    { policy: 'h2o', positions: 'original', storage: { cache: 'int4' } },
  ],
  [
    'lococo with merged slots',
    {
      burst: 7,
      policy: { name: 'lococo', keptShare: 0.5 },
      compressor: compressor.file,
    },
  ],
  ['full, whose cache grows', { policy: 'full' }],
  ['random in plain form', { policy: 'random' }, { form: 'plain' }],
  ['units in f16', { policy: 'streaming', recall: 'units', storage: { cache: 'f16' } }],
  ['passages', { policy: 'streaming', recall: 'passages', budget: 300, chunk: 120, reread: 1 }],
]

test.each(cases)(
  '%s',
  async (_, options, reading = {}) => {
    const first = await open(options)
    const undisturbed = await first.read(text, reading)
    const expected = await contentsOf(await undisturbed.save({ title: 'Lamps' }))
    const file = await cutOff(first, text, 2, reading)
    await first.close()

    const told = await describeSaved(file)
    expect(told.share).toBeGreaterThan(0)
    expect(told.share).toBeLessThan(1)
    const second = await open(options)
    const document = await second.open(file)
    const { tokens, encoding, notes, format } = undisturbed
    expect(document).toMatchObject({ tokens, encoding, notes, format })
    const found = await contentsOf(await document.save({ title: 'Lamps' }))
    expect(found.about).toEqual(expected.about)
    expect(found.parts.every((byte, i) => byte === expected.parts[i])).toBe(true)
    expect(found.parts).toHaveLength(expected.parts.length)
    await second.close()
  },
  120_000,
)

test('a reading that is cut off twice goes on, with its title and what it was read from', async () => {
  const model = await open({ policy: 'streaming' })
  const table = new Blob([`lamp,colour\n${text.replaceAll('. ', ',red\n')}`])
  const whole = await model.read(table)
  const expected = await contentsOf(await whole.save({ title: 'Lamps' }))
  const once = await cutOff(model, table, 1, {})

  const stop = new AbortController()
  const { signal } = stop
  let twice: Blob | undefined
  const keep = (file: Blob) => {
    twice = file
    stop.abort()
  }
  await expect(
    model.open(once, { signal, checkpoints: { everyMs: 0, keep } }),
  ).rejects.toMatchObject({ code: 'aborted' })
  expect(await describeSaved(twice!)).toMatchObject({ title: 'Lamps', format: 'csv' })

  const document = await model.open(twice!)
  expect(document.format).toBe('csv')
  expect(document.places).toEqual(whole.places)
  expect(await contentsOf(await document.save({ title: 'Lamps' }))).toEqual(expected)
  await model.close()
}, 120_000)

test('what keeping throws ends the reading, and a stream is taken whole', async () => {
  const model = await open({ policy: 'streaming' })
  const full = new Error('the disk is full')
  const keep = () => Promise.reject(full)
  await expect(model.read(text, { checkpoints: { everyMs: 0, keep } })).rejects.toThrow(
    /the disk is full/,
  )
  const stream = new Blob([text]).stream()
  const file = await cutOff(model, stream, 1, {})
  const document = await model.open(file)
  expect(await (await document.text()).text()).toBe(text)
  await model.close()
}, 60_000)
