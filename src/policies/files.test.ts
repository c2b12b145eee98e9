// A policy is one file, a traits record and a registry line; its mirror is one branch of the reference.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = ['src', 'reference']
  .flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(path))
  .map((path) => ({
    path,
    text: readFileSync(path, 'utf8').replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
  }))

test.each(['knorm', 'keydiff', 'snapkv', 'h2o', 'tova'])('%s is named in four files', (policy) => {
  const naming = sources.filter(({ text }) => new RegExp(`\\b${policy}\\b`).test(text))
  expect(new Set(naming.map(({ path }) => path))).toEqual(
    new Set([
      'reference/policies.ts',
      'src/api/policies.ts',
      'src/policies/policies.ts',
      `src/policies/${policy}.ts`,
    ]),
  )
})

test('the guide prints the policy that is tested', () => {
  const guide = readFileSync('docs/guide/add_a_policy.md', 'utf8')
  expect(guide).toContain(readFileSync('examples/03_own_policy/oldest.ts', 'utf8'))
})
