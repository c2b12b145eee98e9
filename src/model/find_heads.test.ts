import { expect, test } from 'vitest'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { LongtabError } from '../api/errors.ts'
import { readDescription } from './config.ts'
import { fingerprint, shapeOf } from './fingerprint.ts'
import { knownHeadsFor } from './known_heads.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { findHeads, type Headless, type LocatedHeads } from './find_heads.ts'
import { locate, locateFile } from './locate.ts'
import { openSources } from './sources.ts'

const ignore = () => undefined
const noStore = () => Promise.resolve(undefined)
const random = randomModel({ ...smallShape, layers: 2 }, 1)
const heads = headsFile(random, 'F32')

async function open(files: File[]): Promise<Headless> {
  const sources = openSources(ignore, noStore)
  const folder = sources.folder(locate(files))
  const description = await readDescription(folder)
  return { files: folder, description, weights: () => openCheckpoint(folder), sources }
}

const withoutHeads = () => open(modelFiles(random, 'F32'))

async function knownAs(
  { description, weights }: Headless,
  file: LocatedHeads['file'],
  change: Partial<LocatedHeads> = {},
): Promise<LocatedHeads> {
  const of = {
    shape: shapeOf(description),
    fingerprint: await fingerprint(description, await weights()),
  }
  return { model: 'Small', ...of, file, ...change }
}

test('a model without heads of its own is read with those known by its fingerprint', async () => {
  const opened = await withoutHeads()
  const found = await findHeads(opened, undefined, [await knownAs(opened, heads)])
  expect(found.heads?.hidden).toBe(smallShape.retainingWidth)
  expect(found.origin).toEqual({ from: 'known', note: 'retaining heads: ours, for Small' })
})

test('heads that were named, then those of the folder, go before known ones', async () => {
  const opened = await open([...modelFiles(random, 'F32'), heads])
  const known = [await knownAs(opened, heads)]
  expect((await findHeads(opened, undefined, known)).origin.from).toBe('folder')
  const named = new File([heads], 'mine.safetensors')
  const { origin } = await findHeads(opened, named, known)
  expect(origin).toEqual({ from: 'given', note: 'retaining heads: mine.safetensors' })
})

test('a build that rescales norms inside the layers finds the heads of its model', async () => {
  const opened = await withoutHeads()
  const known = [await knownAs(opened, heads)]
  const norms = /layernorm\.weight$/
  const tensors = random.tensors.map((tensor) =>
    norms.test(tensor.name)
      ? { ...tensor, values: tensor.values.map((value) => 1.5 * value) }
      : tensor,
  )
  expect(tensors).not.toEqual(random.tensors)
  const rescaled = await open(modelFiles({ ...random, tensors }, 'F32'))
  expect((await findHeads(rescaled, undefined, known)).origin.from).toBe('known')
})

test('another model of the same shape gets none', async () => {
  const opened = await withoutHeads()
  const known = [await knownAs(opened, heads, { fingerprint: 'final-norm-sha256:of another' })]
  const found = await findHeads(opened, undefined, known)
  expect(found).toMatchObject({ heads: undefined, origin: { from: 'none' } })
  expect(found.problem).toBeUndefined()
})

test('nothing of the weights is read where no shape in the list is the model’s', async () => {
  const { description } = await withoutHeads()
  const unread = () => Promise.reject(new Error('the weights were opened'))
  const known = [{ model: 'Large', shape: '32×4096×32×8×128', fingerprint: '', file: heads }]
  expect(await knownHeadsFor(known, description, unread)).toBeUndefined()
})

test('known heads that are not where they should be are said to be missing', async () => {
  const opened = await withoutHeads()
  const address = new URL('./nothing_here.safetensors', import.meta.url)
  const known = [await knownAs(opened, locateFile(address, { keep: false }))]
  const { heads: none, origin, problem } = await findHeads(opened, undefined, known)
  expect(none).toBeUndefined()
  expect(origin.note).toMatch(/ours for Small, but file:.*nothing_here\.safetensors is not there/)
  expect(problem).toBeInstanceOf(LongtabError)
})

test('known heads of another width than the model are refused', async () => {
  const opened = await withoutHeads()
  const other = headsFile(randomModel({ ...smallShape, layers: 3 }, 2), 'F32')
  const known = [await knownAs(opened, other)]
  await expect(findHeads(opened, undefined, known)).rejects.toThrow(
    /for 3 layers and the model has 2/,
  )
})

test('known heads are read from the disk that a module in Node lies on', async () => {
  const opened = await withoutHeads()
  const address = new URL('../../public/models/default/heads.safetensors', import.meta.url)
  const known = [await knownAs(opened, locateFile(address, { keep: false }))]
  // they are those of the built-in model, and this one has other layers: their header was read
  await expect(findHeads(opened, undefined, known)).rejects.toThrow(/heads\.safetensors/)
})
