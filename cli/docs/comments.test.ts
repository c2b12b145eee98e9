// Comments are written in short sentences, like the documentation.
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../build/paths.ts'
import { commentsOf } from './comments.ts'
import { sentencesOf } from './markdown.ts'

const mostWords = 30

const files: string[] = []
for (const folder of ['cli', 'reference', 'shaders', 'src']) {
  for (const name of await readdir(join(root, folder), { recursive: true })) {
    const file = `${folder}/${name}`
    if (/\.(ts|mjs|wgsl)$/.test(name)) files.push(file)
  }
}

test(`no sentence of a comment has more than ${mostWords} words`, () => {
  const long = files.flatMap((file) =>
    commentsOf(readFileSync(join(root, file), 'utf8'))
      .flatMap(sentencesOf)
      .filter(({ words }) => words > mostWords)
      .map(({ text }) => `${file}: ${text}`),
  )
  expect(long).toEqual([])
})

test('blocks and runs of line comments are read, comments behind code are not', () => {
  const source = [
    '// One',
    '// two.',
    'const a = 1 // three',
    '/** Four. @param b five */',
    '  /// Six.',
    '/**',
    ' * Seven',
    ' * eight.',
    ' */',
  ].join('\n')
  const found = commentsOf(source).map((text) => sentencesOf(text).map(({ words }) => words))
  expect(found).toEqual([[1, 3], [2], [2], [1]])
})
