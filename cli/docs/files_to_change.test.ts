// docs/architecture.md says in how many files a policy, a family, a format, a tokenizer, a task and a flag are. Here it is counted: who
// else names one would have to be changed with it.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { families } from '../../src/model/families/families.ts'
import { formats } from '../../src/model/formats.ts'

const sources = ['src', 'cli', 'reference']
  .flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((name) => `${folder}/${name}`),
  )
  .filter(
    (path) => /\.(ts|mjs|html)$/.test(path) && !/\.(test|fixture)\.ts$|^src\/testing\//.test(path),
  )
  .map((path) => ({
    path,
    text: readFileSync(path, 'utf8').replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, ''),
  }))

/** The files in which this stands, without comments; the command line names policies and families in its examples. */
function filesWith(pattern: RegExp, rooms = /^(src|reference)\//): string[] {
  return sources
    .filter(({ path, text }) => rooms.test(path) && pattern.test(text))
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
  const isPreset = (path: string) => /^src\/model\/preset(s|_shapes)\.ts$/.test(path) // models, not families
  expect(filesNaming(family).filter((path) => !isPreset(path))).toEqual(
    ['src/model/families/families.ts', `src/model/families/${family}.ts`].sort(),
  )
})

test('the guide has a row for every family', () => {
  const guide = readFileSync('docs/guide/module.md', 'utf8')
  const missing = families.filter(({ modelType }) => !guide.includes(`| \`${modelType}\` `))
  expect(missing.map(({ modelType }) => modelType)).toEqual([])
})

describe.each(formats)('$name: a format', ({ name, ending }) => {
  const own = `src/model/${name.toLowerCase()}`
  const models = 'src/model/presets.ts' // models, not formats
  const isOther = (path: string) => !path.startsWith(`${own}/`) && path !== models

  test('only the list opens it', () => {
    const opened = filesWith(new RegExp(`from '[^']*/${name.toLowerCase()}/format[.]ts'`))
    expect(opened).toEqual(['src/model/formats.ts'])
  })

  test('nobody else names the ending of its files', () => {
    // `heads.safetensors` is a file of our own, `.safetensors` an ending
    const bare = new RegExp(`(?<![\\w}/-])[.]${ending.slice(1)}\\b`)
    expect(filesWith(bare, /^/).filter(isOther)).toEqual([])
  })

  // Heads are written as safetensors, so others name that.
  test.skipIf(name === 'safetensors')('nobody else calls it by its name', () => {
    expect(filesNaming(name).filter(isOther)).toEqual([])
  })
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

test.each([
  ['topK', 'cli/ask/options.ts'],
  ['smoothing', 'cli/training/heads_options.ts'],
  ['latency', 'cli/commands/bench_finding.ts'],
  // of three commands, each with its own two
  [
    'skim',
    ...['ask', 'batch', 'serve'].flatMap((room) => [
      `cli/${room}/options.ts`,
      `cli/${room}/page.ts`,
    ]),
  ],
  ['dump', 'cli/ask/options.ts', 'cli/commands/ask.ts'],
  ['depths', 'cli/quality/options.ts', 'cli/quality/prompts.ts'],
])('%s: a flag', (flag, ...files) => {
  expect(filesWith(new RegExp(`\\b${flag}\\b`), /^cli\//)).toEqual(files)
})

test('the guide prints a family as it is', () => {
  const guide = readFileSync('docs/guide/add_a_family.md', 'utf8')
  expect(guide).toContain(readFileSync('src/model/families/qwen3.ts', 'utf8'))
})

test('the guide prints the policy that is tested', () => {
  const guide = readFileSync('docs/guide/add_a_policy.md', 'utf8')
  expect(guide).toContain(readFileSync('examples/03_own_policy/oldest.ts', 'utf8'))
})
