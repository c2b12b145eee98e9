// The codes of errors: the type, its docblock and the guide's table list the same.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../build/paths.ts'

const errors = await readFile(join(root, 'src/api/errors.ts'), 'utf8')
const guide = await readFile(join(root, 'docs/guide/module.md'), 'utf8')

const found = (text: string, line: RegExp) =>
  [...text.matchAll(line)].map(([, code]) => code).toSorted()

const declared = found(/export type ErrorCode =([^]*?)\n\n/.exec(errors)?.[1] ?? '', /'([\w-]+)'/g)

it('are declared once each', () => {
  expect(declared.length).toBeGreaterThan(10)
  expect(new Set(declared).size).toBe(declared.length)
})

it('are explained in the docblock', () => {
  expect(found(errors, /^ \* - `([\w-]+)`: /gm)).toEqual(declared)
})

it('are explained in the guide', () => {
  const section = guide.slice(guide.indexOf('## Errors'), guide.indexOf('## Node'))
  expect(found(section, /^\| `([\w-]+)` +\| \w/gm)).toEqual(declared)
})
