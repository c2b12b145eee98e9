// Floors of the house, from the ground up: a room imports its own floor's name and what lies below, never above. Tests may
// look everywhere. docs/architecture.md says what each room is for.
const floors = [
  ['src/api'],
  ['src/random.ts'],
  ['src/gpu', 'src/files'],
  ['src/model', 'src/text'],
  ['src/kernels', 'src/tasks', 'src/documents', 'src/grammar'],
  ['src/plan', 'src/saved'],
  ['src/forward'],
  ['src/policies', 'src/tuning'],
  ['src/recall'],
  ['src/reading'],
  ['src/training'],
  ['src/own_heads.ts'],
  ['src/inspect', 'src/worker'],
  ['src/index.ts'],
  ['src/page', 'src/openai', 'src/quality', 'src/bench'],
  ['src/prompt_api', 'src/ai_sdk'],
]

const rooms = floors.flat()
const within = (names) => `^(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(/|$)`
const tests = '[.](test|fixture)[.]ts$'
const everything = '^(src|cli|e2e|reference|shaders)/'

/** What lies above a room, or beside it on its floor. */
const above = floors.flatMap((floor, height) =>
  floor.map((room) => ({
    name: `nothing-above-${room.replaceAll(/[/.]/g, '-')}`,
    severity: 'error',
    comment: `${room} imports what lies above or beside it`,
    from: { path: within([room]), pathNot: tests },
    to: {
      path: within([
        ...floors.slice(height + 1).flat(),
        ...floor.filter((other) => other !== room),
        'src/testing',
        'reference',
        'cli',
        'e2e',
      ]),
    },
  })),
)

export default {
  forbidden: [
    ...above,
    {
      name: 'api-imports-nobody',
      severity: 'error',
      comment: 'the public types stand by themselves',
      from: { path: '^src/api/', pathNot: tests },
      to: { pathNot: '^src/api/' },
    },
    {
      name: 'page-by-the-door',
      severity: 'error',
      comment: 'the page has what an embedding application has, and its own sample',
      from: { path: '^src/page/', pathNot: tests },
      to: { path: '^src/', pathNot: ['^src/page/', '^src/index[.]ts$', '^src/tasks/sample[.]ts$'] },
    },
    {
      name: 'openai-by-the-door',
      severity: 'error',
      comment: 'OpenAI’s shape is put on the public functions, and built as a module beside theirs',
      from: { path: '^src/openai/', pathNot: tests },
      to: { path: '^src/', pathNot: ['^src/openai/', '^src/index[.]ts$'] },
    },
    {
      name: 'shapes-on-openai',
      severity: 'error',
      comment: 'the Prompt API and the AI SDK are put on OpenAI’s shape',
      from: { path: '^src/(prompt_api|ai_sdk)/', pathNot: tests },
      to: {
        path: '^src/',
        pathNot: ['^src/(prompt_api|ai_sdk|openai)/', '^src/index[.]ts$'],
      },
    },
    {
      name: 'reference-apart',
      severity: 'error',
      comment:
        'the reference shares nothing with what it checks but the model’s configuration; its fixtures are written as safetensors',
      from: { path: '^reference/', pathNot: tests },
      to: {
        path: '^(src|cli|e2e)/',
        pathNot: '^src/(api/|random[.]ts|model/(config|retaining_heads|safetensors/write)[.]ts)',
      },
    },
    {
      name: 'no-room-forgotten',
      severity: 'error',
      comment: 'a new folder of src gets its floor here first',
      from: { path: everything },
      to: {
        path: '^src/',
        pathNot: [
          within(rooms),
          '^src/(testing|real)/',
          '[.](test|fixture)[.]ts$',
          '^src/tasks/books/',
        ],
      },
    },
    {
      name: 'commands-on-top',
      severity: 'error',
      comment: 'a room of cli imports no command',
      from: { path: '^cli/', pathNot: ['^cli/(run[.]mjs|longtab[.]ts)$', tests] },
      to: { path: '^cli/commands/' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'files import each other at run time',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circle-of-folders',
      severity: 'error',
      comment: 'folders import each other, types counted',
      scope: 'folder',
      from: { path: '^(src|cli)/' },
      to: { circular: true, path: '^(src|cli)/' },
    },
  ],
  options: {
    includeOnly: everything,
    exclude: { path: '[.](test|fixture)[.]ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.mts', '.js'] },
    skipAnalysisNotInRules: true,
  },
}
