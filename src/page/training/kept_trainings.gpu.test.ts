// Kept trainings on the browser's own private files.
import { beforeEach, expect, test } from 'vitest'
import { defaultTrainingSettings as settings } from '../../training/settings.ts'
import { openKeptTrainings, type KeptTrainings, type TrainingIdentity } from './kept_trainings.ts'

const training: TrainingIdentity = { model: 'a', settings, weights: 'f16', data: undefined }
const lines = new File(['{"prompt": "p", "answer": "a"}'], 'lines.jsonl')

let folder: FileSystemDirectoryHandle
let trainings: KeptTrainings
beforeEach(async () => {
  const root = await navigator.storage.getDirectory()
  await root.removeEntry('test', { recursive: true }).catch(() => undefined) // the first test has none
  folder = await root.getDirectoryHandle('test', { create: true })
  trainings = openKeptTrainings(folder)
})

async function names(): Promise<string[]> {
  const found: string[] = []
  for await (const name of folder.keys()) found.push(name)
  return found
}

test('the latest checkpoint takes the place of the one before', async () => {
  await trainings.keep(training, new Blob(['first']), 5)
  await trainings.keep(training, new Blob(['second']), 9)
  const [kept, ...others] = await trainings.of('a')
  expect(others).toEqual([])
  expect(kept).toMatchObject({ steps: 9, settings, weights: 'f16' })
  const { checkpoint } = await trainings.open(kept!)
  expect(await checkpoint.text()).toBe('second')
  expect(await names()).toHaveLength(2) // description and checkpoint
})

test('a training that went on takes the place of what it went on from', async () => {
  const from = new Blob(['first'])
  await trainings.keep(training, from, 5)
  await trainings.keep({ ...training, checkpoint: from } as TrainingIdentity, new Blob(['2nd']), 9)
  expect((await trainings.of('a')).map(({ steps }) => steps)).toEqual([9])
})

test('trainings are told apart by model, settings and data', async () => {
  await trainings.keep(training, new Blob(['one']), 1)
  await trainings.keep({ ...training, settings: { ...settings, steps: 7 } }, new Blob(['two']), 2)
  await trainings.keep({ ...training, data: lines }, new Blob(['three']), 3)
  await trainings.keep({ ...training, model: 'b' }, new Blob(['four']), 4)
  expect((await trainings.of('a')).map(({ steps }) => steps).sort()).toEqual([1, 2, 3])
  expect((await trainings.of('b')).map(({ steps }) => steps)).toEqual([4])
})

test('data are kept with their name and come back', async () => {
  await trainings.keep({ ...training, data: lines }, new Blob(['x']), 1)
  const [kept] = await trainings.of('a')
  const { data } = await trainings.open(kept!)
  expect(data?.name).toBe('lines.jsonl')
  expect(await data?.text()).toBe(await lines.text())
})

test.each([
  ['cut', 'whol'],
  ['changed', 'whale'],
])('a checkpoint that was %s is not offered, and goes', async (_, damaged) => {
  await trainings.keep(training, new Blob(['whole']), 5)
  const [kept] = await trainings.of('a')
  const file = await folder.getFileHandle(kept!.checkpoint.file)
  const out = await file.createWritable()
  await out.write(damaged)
  await out.close()
  expect(await trainings.of('a')).toEqual([])
  expect(await names()).toEqual([])
})

test('what is removed is gone with its files', async () => {
  await trainings.keep({ ...training, data: lines }, new Blob(['x']), 1)
  await trainings.remove((await trainings.of('a'))[0]!.key)
  expect(await names()).toEqual([])
})
