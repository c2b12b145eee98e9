// The command line of `npm run bench:quality`: what it accepts, and every complaint that needs no browser to be made.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { needs } from '../../src/plan/policy_traits.ts'
import {
  policyNames,
  positionKinds,
  type PolicyName,
  type Settings,
  cacheStorages,
} from '../../src/api/settings.ts'
import { taskNames, type TaskName } from '../../src/tasks/tasks.ts'
import { adapterOrNode, type AdapterOrNode } from '../node/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { parseFlags } from '../shell/flags.ts'
import { checkModelFlags, hubHelp, type ModelFlags } from '../models/flags.ts'
import { defined, isUrl, oneOf, requireFile, whole } from '../shell/values.ts'

/** A policy and the settings it runs with; the label is how it was written. */
export interface PolicySpec {
  readonly label: string
  readonly policy: PolicyName
  readonly settings: Partial<Settings>
  /** paths or URLs that go before the options' own */
  readonly files: PolicyFiles
}

export interface PolicyFiles {
  readonly heads?: string
  readonly compressor?: string
}

/** Units per layer and KV head, or a share of the length asked for. */
export type Budget = { readonly tokens: number } | { readonly share: number }

export interface QualityOptions extends ModelFlags {
  /** of the policies that merge */
  readonly compressor?: string
  /** undefined for all that the model can run */
  readonly policies: readonly PolicySpec[] | undefined
  /** label of the policy that the others are compared with besides full; undefined for locret, where it runs */
  readonly against: string | undefined
  readonly tasks: readonly TaskName[]
  readonly lengths: readonly number[]
  readonly budgets: readonly Budget[]
  /** documents of each task and length */
  readonly samples: number
  readonly questions: number
  readonly depths: number
  /** JSONL files with documents and questions */
  readonly data: readonly string[]
  readonly questionFirst: boolean
  readonly turns: 'golden' | 'own'
  readonly answerTokens: 'published' | 'tight'
  /** undefined for half the budget */
  readonly chunk: number | undefined
  readonly cache: Settings['cache']
  readonly positions: Settings['positions']
  readonly seed: number
  readonly haystack: string | undefined
  readonly words: string | undefined
  readonly out: string
  /** makes the report of the results there are, and runs nothing */
  readonly reportOnly: boolean
  readonly adapter: AdapterOrNode | 'twin'
  /** tabs or processes at the same time, each with an engine */
  readonly workers: number
}

export const help = `Measures what answers lose when the cache is compressed: every policy on the same prompts at the same bytes.

  npm run bench:quality -- --quick
  npm run bench:quality -- [options]

  --model M               a Hugging Face folder or a .gguf file, its URL, or a repository by name: owner/name,
                          owner/name:file.gguf, or of npm run real-models (default: the model this repository ships)
  --revision R            of the repository: a branch, a tag or a commit (default: main)
  --heads FILE|URL|NAME   retaining heads (default: heads.safetensors of the model, if there is one)
  --compressor FILE|URL   what lococo and locret+lococo merge by (default: compressor.safetensors of the model, if
                          there is one)
  --policies P,P          by name, each with settings if wanted, e.g. locret,snapkv:allocation=pyramid, or files of its own:
                          locret:heads=FILE,lococo:compressor=FILE; one policy may be there with several
                          (default: all that the model can run); full always runs first,
                          on documents within the model's context
  --against P             the policy, written as in --policies, that all others are compared with, paired, besides full
                          (default: locret, where it runs)
  --tasks T,T             ${taskNames.join(' ')} (default: all)
  --lengths N,N           tokens of document, question and answer together (default: 1024,2048)
  --budgets B,B           units kept per layer and KV head, as numbers or shares of the length (default: 50%,25%,12.5%)
  --samples N             documents of each task and length (default: 2)
  --questions N           questions of one document, where the task can ask several (default: 4)
  --depths N              depths of the needle grid (default: 5)
  --data FILE,FILE        JSONL of your own (context, question, answers), or of RULER, InfiniteBench, LongBench
  --question-first        also read each document with its question before it (query-aware), as tasks of their own
  --turns golden|own      in conversations, answers so far are the right ones (default) or the model's own
  --answer-tokens A       published (default: each benchmark's limit) or tight (what the question said again and the
                          answer need, and a few)
  --chunk N               tokens read between two evictions (default: half the budget)
  --cache P               how keys and values are stored: f32, f16 (default), int8 or int4; to compare them, name
                          policies such as locret:cache=int4
  --positions P           slot (default) or original
  --haystack FILE         prose to hide needles in (default: made up; RULER's essays cannot be shipped)
  --words FILE            adjectives, an empty line, nouns; one a line (default: our own lists)
  --seed N                of all prompts (default: 0)
  --out DIR               results.jsonl, summary.json and report.html; what is in there already is not run again
                          (default: quality-results)
  --report                runs nothing: makes the report of what is in there, all of it or not
  --quick                 a small choice of all this, by two workers: under half an hour on two cores without a GPU
  --workers N             tabs that share the documents, each with an engine and the memory of one (default: 1)
  --adapter A             auto (default), hardware or software; or node: without a browser, on the GPU that the npm
                          package webgpu finds; workers are then processes;
                          or twin: in PyTorch, where LONGTAB_PYTHON names a Python that has it
  --help                  this text

${hubHelp}`

const flags = {
  model: { type: 'string' },
  revision: { type: 'string' },
  heads: { type: 'string' },
  compressor: { type: 'string' },
  policies: { type: 'string' },
  against: { type: 'string' },
  tasks: { type: 'string' },
  lengths: { type: 'string' },
  budgets: { type: 'string' },
  samples: { type: 'string' },
  questions: { type: 'string' },
  depths: { type: 'string' },
  data: { type: 'string' },
  'question-first': { type: 'boolean' },
  turns: { type: 'string' },
  'answer-tokens': { type: 'string' },
  chunk: { type: 'string' },
  cache: { type: 'string' },
  positions: { type: 'string' },
  haystack: { type: 'string' },
  words: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  report: { type: 'boolean' },
  quick: { type: 'boolean' },
  workers: { type: 'string' },
  adapter: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** What `--quick` stands for; anything given besides it goes before it. */
const quick = {
  tasks: 'niah_single_2,niah_multikey_2,lines,prose',
  lengths: '512',
  budgets: '25%',
  samples: '2',
  questions: '4',
  'answer-tokens': 'tight',
  workers: '2',
}

/** `help` when that was asked for. Throws UsageError. */
export function parseQuality(
  args: readonly string[],
  defaultModel: string,
): QualityOptions | 'help' {
  const typed = parseFlags(args, flags)
  if (typed.help === true) return 'help'
  const given: typeof typed = typed.quick === true ? { ...quick, ...typed } : typed
  const model = given.model ?? defaultModel
  const { revision, heads, compressor, haystack, words } = given
  const source = { model, ...defined({ revision, heads }) }
  checkModelFlags(source)
  const files = { compressor, haystack, words }
  for (const [flag, file] of Object.entries(files)) {
    if (file !== undefined && !isUrl(file)) requireFile(`--${flag}`, file)
  }
  const data = listOf(given.data)
  for (const file of data) requireFile('--data', file)
  const tasks = listOf(given.tasks ?? (data.length > 0 ? '' : taskNames.join(',')))
  return {
    ...source,
    ...defined({ compressor }),
    policies: given.policies === undefined ? undefined : listOf(given.policies).map(policySpec),
    against: given.against,
    tasks: tasks.map((name) => oneOf('--tasks', name, taskNames) ?? 'prose'),
    lengths: listOf(given.lengths ?? '1024,2048').map((text) => whole('--lengths', text, 16) ?? 0),
    budgets: listOf(given.budgets ?? '50%,25%,12.5%').map(budgetOf),
    samples: whole('--samples', given.samples, 1) ?? 2,
    questions: whole('--questions', given.questions, 1) ?? 4,
    depths: whole('--depths', given.depths, 2) ?? 5,
    data,
    questionFirst: given['question-first'] === true,
    turns: oneOf('--turns', given.turns, ['golden', 'own'] as const) ?? 'golden',
    answerTokens:
      oneOf('--answer-tokens', given['answer-tokens'], ['published', 'tight'] as const) ??
      'published',
    chunk: whole('--chunk', given.chunk, 1),
    cache: oneOf('--cache', given.cache, cacheStorages) ?? 'f16',
    positions: oneOf('--positions', given.positions, positionKinds) ?? 'slot',
    seed: whole('--seed', given.seed, 0) ?? 0,
    haystack,
    words,
    out: resolve(given.out ?? 'quality-results'),
    reportOnly: given.report === true,
    // a report needs none, and may be made where there is none
    adapter: given.report === true ? 'auto' : examinerOf(given.adapter, source),
    workers: whole('--workers', given.workers, 1) ?? 1,
  }
}

/** `twin` besides what other commands take: the model must then be a folder. Throws UsageError. */
function examinerOf(text: string | undefined, source: ModelFlags): QualityOptions['adapter'] {
  if (text !== 'twin') return adapterOrNode(text, source)
  if (isUrl(source.model) || !existsSync(join(source.model, 'model.safetensors'))) {
    throw new UsageError(
      `--adapter twin reads a folder with model.safetensors and ${source.model} is none; save the model there or leave --adapter out`,
    )
  }
  return text
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** `name`, or `name:setting=value:setting=value`; a colon of a URL does not count. */
export function policySpec(label: string): PolicySpec {
  const [name = '', ...given] = label.split(/:(?!\/\/|\d)/)
  const policy = oneOf('--policies', name, policyNames) ?? 'full'
  const files: Record<string, string> = {}
  const settings: Record<string, string | number> = {}
  for (const text of given) {
    const [, key, value] = /^(\w+)=(.+)$/.exec(text) ?? []
    if (key === undefined || value === undefined) {
      throw new UsageError(`--policies: '${text}' of ${label} must be written setting=value`)
    }
    if (key === 'heads' || key === 'compressor') {
      requirePolicyFile(policy, key, value)
      files[key] = value
    } else {
      settings[key] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
    }
  }
  return { label, policy, settings, files }
}

function requirePolicyFile(policy: PolicyName, key: keyof PolicyFiles, file: string): void {
  if (!needs(policy, key === 'heads' ? 'retaining heads' : 'compressor')) {
    throw new UsageError(`--policies: ${policy} takes no ${key}; leave ${key}=${file} out`)
  }
  if (!isUrl(file)) requireFile(`--policies ${policy}:${key}`, file)
}

export function budgetOf(text: string): Budget {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) return { tokens: whole('--budgets', text, 1) ?? 0 }
  const share = Number(percent) / 100
  if (share <= 0 || share > 1) {
    throw new UsageError(`--budgets: a share must be above 0 % and at most 100 %, not '${text}'`)
  }
  return { share }
}
