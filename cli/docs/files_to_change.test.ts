// docs/architecture.md says in how many files a policy, a family, a format, a tokenizer and a task are. Here it is counted: who
// else names one would have to be changed with it.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { families } from '../../src/model/families/families.ts'

const sources = ['src', 'reference']
  .flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((name) => `${folder}/${name}`),
  )
  .filter((path) => path.endsWith('.ts') && !/\.(test|fixture)\.ts$|^src\/testing\//.test(path))
  .map((path) => ({
    path,
    text: readFileSync(path, 'utf8').replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
  }))

/** The files in which this stands, without comments. */
function filesWith(pattern: RegExp): string[] {
  return sources
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort()
}

const filesNaming = (name: string) => filesWith(new RegExp(`\\b${name}\\b`))

test.each(['knorm', 'keydiff', 'snapkv', 'h2o', 'tova'])('%s: a policy', (policy) => {
  expect(filesNaming(policy)).toEqual([
    'reference/policies.ts',
    'src/api/policies.ts',
    ...[`src/policies/${policy}.ts`, 'src/policies/policies.ts'].sort(),
  ])
})

// Others are what further families are built on.
test.each(['smollm3', 'qwen3', 'phi3', 'mistral', 'gemma3'])('%s: a family', (family) => {
  const isPreset = (path: string) => path === 'src/model/presets.ts' // models, not families
  expect(filesNaming(family).filter((path) => !isPreset(path))).toEqual(
    ['src/model/families/families.ts', `src/model/families/${family}.ts`].sort(),
  )
})

test('the guide has a row for every family', () => {
  const guide = readFileSync('docs/guide/module.md', 'utf8')
  const missing = families.filter(({ modelType }) => !guide.includes(`| \`${modelType}\` `))
  expect(missing.map(({ modelType }) => modelType)).toEqual([])
})

test.each(['gguf', 'pytorch'])('%s: a format', (format) => {
  const imported = filesWith(new RegExp(`from '[^']*/${format}/`))
  expect(imported).toEqual(['src/model/formats.ts'])
})

test('pytorch: a format, by its name', () => {
  const own = (path: string) => path.startsWith('src/model/pytorch/')
  const others = filesNaming('pytorch').filter((path) => !own(path))
  expect(others).toEqual(['src/files/format_names.ts', 'src/model/formats.ts'])
})

test.each(['Unigram', 'WordPiece', 'WordLevel'])('%s: a type of tokenizer', (type) => {
  expect(filesNaming(type)).toEqual(['src/text/tokenizer_types.ts'])
})

test('gpt2: a kind of tokenizer in GGUF', () => {
  const folder = 'src/model/gguf/tokenizers'
  expect(filesNaming('gpt2')).toEqual([`${folder}/gpt2.ts`, `${folder}/kinds.ts`])
})

test.each([
  ['math_find', 'mathFind', 'infinite'],
  ['system_prompt', 'systemPrompt', 'conversations'],
  ['fwe', 'frequentWords', 'ruler_words'],
  ['vt', 'variables', 'ruler_variables'],
])('%s: a task', (name, generator, file) => {
  expect(filesNaming(name)).toEqual(['src/tasks/tasks.ts'])
  const naming = filesWith(new RegExp(`import \\{[^}]*\\b${generator}\\b|const ${generator}\\b`))
  expect(naming).toEqual([`src/tasks/${file}.ts`, 'src/tasks/tasks.ts'])
})

test('the guide prints a family as it is', () => {
  const guide = readFileSync('docs/guide/add_a_family.md', 'utf8')
  expect(guide).toContain(readFileSync('src/model/families/qwen3.ts', 'utf8'))
})

test('the guide prints the policy that is tested', () => {
  const guide = readFileSync('docs/guide/add_a_policy.md', 'utf8')
  expect(guide).toContain(readFileSync('examples/03_own_policy/oldest.ts', 'utf8'))
})
