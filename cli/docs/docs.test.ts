// Checks the documentation against the repository: links and paths exist, the README stays one page, and sentences for
// newcomers are short.
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../build/paths.ts'
import { anchorsOf, linksOf, pathsOf, sentencesOf } from './markdown.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

const under = (await readdir(join(root, 'docs'), { recursive: true }))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const forNewcomers = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...under.filter((file) => !file.startsWith('docs/research/')),
]
const beside = ['training/README.md', 'fixtures/README.md', 'public/heads/README.md']
const all = [...new Set([...forNewcomers, ...under, ...beside])]
/** Excluded: reports that quote a run, and notes taken during a measurement. */
const inShortSentences = all.filter((file) => !/research\/(reports|real_models|by_head)/.test(file))

test.each(all)('%s: every relative link leads to a file, and its anchor to a heading', (file) => {
  const broken = linksOf(read(file)).filter(({ path, anchor }) => {
    const target = path === '' ? file : join(dirname(file), path)
    if (!existsSync(join(root, target))) return true
    return anchor !== '' && target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor)
  })
  expect(broken).toEqual([])
})

test.each([...forNewcomers, 'docs/research/trust.md'])('%s: every path in it exists', (file) => {
  expect(pathsOf(read(file)).filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test.each(inShortSentences)('%s: no sentence has more than 30 words', (file) => {
  expect(sentencesOf(read(file)).filter(({ words }) => words > 30)).toEqual([])
})

test('the architecture names every room of src', async () => {
  const entries = await readdir(join(root, 'src'), { withFileTypes: true })
  const rooms = entries.map((entry) => `src/${entry.name}${entry.isDirectory() ? '/' : ''}`)
  const named = pathsOf(read('docs/architecture.md'))
  const missing = rooms.filter((room) => !room.endsWith('.test.ts') && !named.includes(room))
  expect(missing).toEqual([])
})

test('the README is one page', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(100)
})

describe('what the tests above look at', () => {
  test('links of this repository, outside code', () => {
    const text = 'See [a](b.md#c), ![d](../e.png), [f](https://g.h), [i](#j).\n```\n[k](l)\n```\n'
    expect(linksOf(text)).toEqual([
      { path: 'b.md', anchor: 'c' },
      { path: '../e.png', anchor: '' },
      { path: '', anchor: 'j' },
    ])
  })

  test('anchors as GitHub makes them', () => {
    expect(anchorsOf('# To change `x`, open …\n\ntext\n\n## Heads, and the twin\n')).toEqual([
      'to-change-x-open-',
      'heads-and-the-twin',
    ])
  })

  test('paths in inline code', () => {
    expect(pathsOf('`src/plan/plan.ts`, `docs/guide/`, `npm run dev`, `src/*.ts`')).toEqual([
      'src/plan/plan.ts',
      'docs/guide/',
    ])
  })

  test('sentences, their words counted, code as one', () => {
    const text =
      '# Title\n\nOne two `three four`. Five\nsix.\n\n- Seven.\n- Eight 9.5 ten\n\n| a b |\n'
    expect(sentencesOf(text).map(({ words }) => words)).toEqual([3, 2, 1, 3])
  })
})
