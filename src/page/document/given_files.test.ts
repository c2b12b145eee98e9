// What is dropped together: folders, models, documents, and files that nobody can use.
import { describe, expect, it } from 'vitest'
import { filesOf, type GivenFile } from './dropped_files.ts'
import { sortGiven } from './given_files.ts'

/** A folder, or a file by its name. */
type Tree = string | { readonly name: string; readonly in: readonly Tree[] }

/** As a browser gives it: two entries at a time. */
function entryOf(tree: Tree, above = ''): FileSystemEntry {
  const name = typeof tree === 'string' ? tree : tree.name
  const fullPath = `${above}/${name}`
  if (typeof tree === 'string') {
    const file = (done: (file: File) => void) => done(new File(['x'], name))
    return { name, fullPath, isDirectory: false, file } as unknown as FileSystemEntry
  }
  const createReader = () => {
    const left = tree.in.map((inner) => entryOf(inner, fullPath))
    return { readEntries: (done: (part: FileSystemEntry[]) => void) => done(left.splice(0, 2)) }
  }
  return { name, fullPath, isDirectory: true, createReader } as unknown as FileSystemEntry
}

const dropped = (...trees: readonly Tree[]) =>
  filesOf(
    trees.map((tree) => ({
      kind: 'file',
      getAsFile: () => new File(['x'], typeof tree === 'string' ? tree : tree.name),
      webkitGetAsEntry: () => entryOf(tree),
    })),
  )
const paths = (given: readonly GivenFile[]) => given.map(({ path }) => path)
const bare = (given: readonly GivenFile[]) => names(given.map(({ file }) => file))
const names = (files: readonly File[]) => files.map(({ name }) => name)

describe('a drop', () => {
  it('has the files of folders in the order of their names, without hidden ones', async () => {
    const book = {
      name: 'book',
      in: ['10.txt', '2.txt', '.DS_Store', { name: 'a', in: ['1.txt'] }],
    }
    expect(paths(await dropped('z.txt', book, { name: 'empty', in: [] }))).toEqual([
      'z.txt',
      'book/2.txt',
      'book/10.txt',
      'book/a/1.txt',
    ])
  })

  it('made by a script has files and no entries; other items are no files', async () => {
    const file = { kind: 'file', getAsFile: () => new File(['x'], 'a.txt') }
    const text = { kind: 'string', getAsFile: () => null }
    expect(paths(await filesOf([file, text]))).toEqual(['a.txt'])
  })

  it('of a folder that cannot be read says so', async () => {
    const readEntries = (_: unknown, failed: (error: Error) => void) =>
      failed(new DOMException('no', 'NotReadableError'))
    const entry = {
      name: 'b',
      fullPath: '/b',
      isDirectory: true,
      createReader: () => ({ readEntries }),
    }
    const item = {
      kind: 'file',
      getAsFile: () => null,
      webkitGetAsEntry: () => entry as unknown as FileSystemEntry,
    }
    await expect(filesOf([item])).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('b cannot be read') as string,
    })
  })
})

describe('what is given together', () => {
  const model = ['config.json', 'tokenizer.json', 'model.safetensors']

  it('is a document where nothing is a model', async () => {
    const { model: none, documents } = sortGiven(
      await dropped({ name: 'book', in: ['1.txt', 'a.json'] }),
    )
    expect([names(none), bare(documents)]).toEqual([[], ['1.txt', 'a.json']])
  })

  it.each([
    ['a folder', [{ name: 'tiny', in: [...model, 'README.md'] }], ['README.md', ...model]],
    ['a folder in a folder', [{ name: 'all', in: [{ name: 'tiny', in: model }] }], model],
    ['loose files', model, model],
    ['shards', ['config.json', 'model-00001-of-00002.safetensors'], undefined],
    ['a shard alone', ['model-00001-of-00002.safetensors'], undefined],
    ['a GGUF file', ['tiny.gguf'], undefined],
    ['a GGUF file with heads', ['heads.safetensors', 'tiny.gguf'], undefined],
    [
      'a folder with a GGUF file',
      [{ name: 'm', in: ['README.md', 'tiny.gguf'] }],
      ['README.md', 'tiny.gguf'],
    ],
  ])('is a model: %s', async (_, trees, files = trees as string[]) => {
    const { model: found, documents, unused } = sortGiven(await dropped(...trees))
    expect(names(found).toSorted()).toEqual(files.toSorted())
    expect([documents, unused]).toEqual([[], []])
  })

  it('is a model and a document', async () => {
    const tiny = { name: 'tiny', in: model }
    for (const trees of [
      ['tiny.gguf', 'book.txt'],
      [...model, 'book.txt'],
      [tiny, 'book.txt'],
    ]) {
      const { model: found, documents, unused } = sortGiven(await dropped(...trees))
      expect(found.length).toBeGreaterThan(0)
      expect([bare(documents), unused]).toEqual([['book.txt'], []])
    }
  })

  it('is one model of several, and the others are named', async () => {
    const two = [
      { name: 'a', in: model },
      { name: 'b', in: model },
    ]
    const { model: found, documents, unused } = sortGiven(await dropped(...two))
    expect([found.length, documents]).toEqual([3, []])
    expect(unused.toSorted()).toEqual(model.map((name) => `b/${name}`).toSorted())
  })
})
