// The list of chosen files: opened one after the other, moved, taken out, and joined in its order.
import { expect, it } from 'vitest'
import { LongtabError, type FileOptions, type UnpackedFolder } from '../../index.ts'
import { isLocked } from './chosen_card.ts'
import { createChosenFiles, isOpened, titleOf, type ChosenFile } from './chosen_files.ts'
import { openText } from './document_text.ts'
import { apartFiles, joinedFiles } from './joined_files.ts'

const given = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File([`Text of ${path}.`], path) }))
const names = (files: readonly ChosenFile[]) => files.map(({ file }) => file.name)

/** Files whose names say what becomes of them: pictures and locked ones fail, `.zip` is a folder. */
function listOf(...paths: string[]) {
  const opened: string[] = []
  const hold = { until: Promise.resolve() }
  const list = createChosenFiles(() => undefined, {
    async open(file, options: FileOptions, signal) {
      await hold.until
      signal.throwIfAborted()
      opened.push(file.name)
      if (file.name.endsWith('.png'))
        throw new LongtabError('bad-input', `${file.name} is a picture`)
      if (file.name.startsWith('locked') && options.password !== 'open sesame')
        throw new LongtabError('needs-password', `${file.name} is locked`)
      const text = await openText(file.name, file, { format: 'text' })
      return { ...text, title: file.name.startsWith('emma') ? 'Emma' : undefined }
    },
    async unpack(file): Promise<UnpackedFolder | undefined> {
      if (!file.name.endsWith('.zip')) return undefined
      return { files: given('inside 1.txt', 'inside 2.txt'), notes: ['Left out: more.zip.'] }
    },
  })
  list.add(given(...paths))
  return { list, opened, hold }
}

it('keeps what cannot be read with its reason, and opens the rest', async () => {
  const { list } = listOf('a.txt', 'b.png', 'c.txt')
  const files = await list.opened()
  expect(names(files)).toEqual(['a.txt', 'b.png', 'c.txt'])
  expect(names(files.filter(isOpened))).toEqual(['a.txt', 'c.txt'])
  expect(files[1]?.fault).toMatchObject({ message: 'b.png is a picture' })
})

it('has the files of a folder in its place, with what the folder left out', async () => {
  const { list } = listOf('a.txt', 'folder.zip', 'z.txt')
  expect(names(await list.opened())).toEqual(['a.txt', 'inside 1.txt', 'inside 2.txt', 'z.txt'])
  expect(list.notes()).toEqual(['Left out: more.zip.'])
  list.clear()
  expect([list.all(), list.notes()]).toEqual([[], []])
})

it('moves files, not beyond its ends, and what is joined follows', async () => {
  const { list } = listOf('a.txt', 'b.png', 'emma.txt')
  const [a, , emma] = await list.opened()
  list.move(emma?.id ?? 0, -1)
  list.move(emma?.id ?? 0, -1)
  list.move(emma?.id ?? 0, -1)
  list.move(a?.id ?? 0, 1)
  expect(names(list.all())).toEqual(['emma.txt', 'b.png', 'a.txt'])
  const files = list.all().filter(isOpened)
  const { name, blob } = await joinedFiles(files)
  expect(name).toBe('Emma and 1 more')
  expect(await blob.text()).toBe('# Emma\n\nText of emma.txt.\n\n# a.txt\n\nText of a.txt.')
  expect(apartFiles(files).map((text) => text.name)).toEqual(['Emma', 'a.txt'])
})

it('of a single file gives that file, without a title above it', async () => {
  const { list } = listOf('emma.txt')
  const files = (await list.opened()).filter(isOpened)
  const text = await joinedFiles(files)
  expect([text.name, await text.blob.text()]).toEqual(['emma.txt', 'Text of emma.txt.'])
  expect(files.map(titleOf)).toEqual(['Emma'])
})

it('opens again only what the user’s choice is for', async () => {
  const { list, opened } = listOf('a.txt', 'locked.txt')
  const before = await list.opened()
  expect(before.map(isLocked)).toEqual([false, true])
  list.reopen({ password: 'open sesame' }, isLocked)
  expect((await list.opened()).every(isOpened)).toBe(true)
  expect(opened).toEqual(['a.txt', 'locked.txt', 'locked.txt'])
})

it('stops opening what is taken out, and goes on with the next', async () => {
  const { list, opened, hold } = listOf()
  let go = (): void => undefined
  hold.until = new Promise((resolve) => (go = resolve))
  list.add(given('a.txt', 'b.txt'))
  await Promise.resolve()
  list.remove(list.all()[0]?.id ?? 0)
  go()
  expect(names(await list.opened())).toEqual(['b.txt'])
  expect(opened).toEqual(['b.txt'])
  expect(list.all()[0]).toMatchObject({ text: { name: 'b.txt' } })
})
