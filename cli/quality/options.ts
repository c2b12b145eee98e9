// The command line of `npm run bench:quality`: its flags, and every error that can be found without a browser.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { needs, policyNames, type PolicyName } from '../../src/api/policies.ts'
import { cacheStorages, positionKinds, type SettingOverrides } from '../../src/api/settings.ts'
import { passageChoices, type PassageChoice } from '../../src/quality/examiner.ts'
import { taskNames } from '../../src/tasks/tasks.ts'
import { checkModelFlags, hubHelp, modelFlags, sourceFlags } from '../models/flags.ts'
import { overridesOf, settingFlags } from '../models/setting_flags.ts'
import { checkNode, withNode } from '../node/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { isUrl, requireFile } from '../shell/files.ts'
import { given, named, oneOf, text, valued, whole, wholeNumber } from '../shell/flag.ts'
import { commandLine, type Given } from '../shell/command_line.ts'
import { parseShard } from '../shell/shard.ts'

/** A policy and its settings; the label is the flag's text. */
export interface PolicySpec {
  readonly label: string
  readonly policy: PolicyName
  readonly settings: SettingOverrides
  /** paths or URLs that override the options' own */
  readonly files: PolicyFiles
  /** of `recall=passages`, in the twin */
  readonly passages?: PassageChoice
}

export interface PolicyFiles {
  readonly heads?: string
  readonly compressor?: string
}

/** Units per layer and KV head, or a share of the requested length. */
export type Budget = { readonly tokens: number } | { readonly share: number }

const file = (help: string) => text('FILE', help)

const flags = {
  quick: given(
    'a small choice of all this, by two workers: under half an hour on two cores without a GPU',
  ),
  ...modelFlags,
  ...sourceFlags,
  policies: valued(
    'P',
    'by name, each with settings if wanted, e.g. locret,snapkv:allocation=pyramid, or files of its own: locret:heads=FILE,lococo:compressor=FILE; with --adapter twin and recall=passages also passages=behind (the document’s units) and the controls random and other (another question’s); one policy may be there with several (default: all that the model can run); full always runs first, on documents within the model’s context',
    (_, label) => policySpec(label),
  ).list(),
  against: text(
    'P',
    'the policy, written as in --policies, that all others are compared with, paired, besides full (default: locret, where it runs)',
  ),
  tasks: valued('T', `${taskNames.join(' ')} (default: all, or with --data none)`, (flag, name) =>
    named(flag, taskNames, name),
  ).list(),
  lengths: whole(16, 'tokens of document, question and answer together').list().or('1024,2048'),
  budgets: valued(
    'B',
    'units kept per layer and KV head, as numbers or shares of the length',
    budgetOf,
  )
    .list()
    .or('50%,25%,12.5%'),
  samples: whole(1, 'documents of each task and length').or('2'),
  questions: whole(1, 'questions of one document, where the task can ask several').or('4'),
  depths: whole(2, 'depths of the needle grid').or('5'),
  data: file(
    'JSONL of your own (context, question, answers), or of RULER, InfiniteBench, LongBench',
  ).list(),
  questionFirst: given(
    'also read each document with its question before it (query-aware), as tasks of their own',
  ),
  turns: oneOf(
    'T',
    ['golden', 'own'],
    'in conversations, answers so far are the right ones or the model’s own',
  ).or('golden'),
  answerTokens: oneOf(
    'A',
    ['published', 'tight'],
    'each benchmark’s limit, or what the question said again and the answer need, and a few',
  ).or('published'),
  chunk: whole(1, 'tokens read between two evictions (default: half the budget)'),
  cache: oneOf(
    'P',
    cacheStorages,
    'how keys and values are stored',
    '; to compare them, name policies such as locret:cache=int4',
  ).or('f16'),
  positions: oneOf('P', positionKinds, 'where a key stands when it is attended to').or('slot'),
  haystack: file('prose to hide needles in (default: made up; RULER’s essays cannot be shipped)'),
  words: file('adjectives, an empty line, nouns; one a line (default: our own lists)'),
  seed: whole(0, 'of all prompts').or('0'),
  out: text(
    'DIR',
    'results.jsonl, summary.json and report.html; what is in there already is not run again',
  ).or('quality-results'),
  report: given('runs nothing: makes the report of what is in there, all of it or not'),
  workers: whole(
    1,
    'tabs or, without a browser, processes that share the documents, each with an engine and the memory of one',
  ).or('1'),
  shard: valued(
    'i/n',
    'takes every n-th document from the i-th on, to share the run among n machines; npm run bench:quality:join joins their folders',
    parseShard,
  ).or('1/1'),
  adapter: oneOf(
    'A',
    [...withNode, 'twin'],
    'what the engine runs on',
    '; node is without a browser, on the GPU that the npm package webgpu finds; twin is in PyTorch, where LONGTAB_PYTHON names a Python that has it',
  ).or('auto'),
}

const description = {
  usage: 'npm run bench:quality -- [--quick] [options]',
  about:
    'Measures what answers lose when the cache is compressed: every policy on the same prompts at the same bytes.',
  flags,
  closing: hubHelp,
}

type Typed = Given<typeof flags>

export interface QualityOptions extends Omit<
  Typed,
  'model' | 'policies' | 'tasks' | 'data' | 'quick' | 'report'
> {
  readonly model: string
  /** undefined for all that the model can run */
  readonly policies: Typed['policies'] | undefined
  readonly tasks: NonNullable<Typed['tasks']>
  /** JSONL files with documents and questions */
  readonly data: readonly string[]
  /** writes the report of existing results, and runs nothing */
  readonly reportOnly: boolean
}

/** The flags that `--quick` stands for; given flags follow and so override them. */
const quickly = [
  ...['--tasks', 'niah_single_2,niah_multikey_2,lines,prose', '--lengths', '512'],
  ...['--budgets', '25%', '--samples', '2', '--questions', '4'],
  ...['--answer-tokens', 'tight', '--workers', '2'],
]

/** Throws UsageError. */
export function parseQuality(args: readonly string[], defaultModel: string): QualityOptions {
  const given = commandLine(description, args.includes('--quick') ? [...quickly, ...args] : args)
  const { quick: _, report, data = [], model = defaultModel, ...others } = given
  const options: QualityOptions = {
    ...others,
    model,
    policies: given.policies,
    tasks: given.tasks ?? (data.length > 0 ? [] : taskNames),
    data,
    out: resolve(given.out),
    reportOnly: report,
    // a report needs none and may be written without a GPU
    adapter: report ? 'auto' : given.adapter,
  }
  checkFiles(options)
  return options
}

function checkFiles(options: QualityOptions): void {
  const { model, adapter, compressor, haystack, words, data, policies = [] } = options
  checkModelFlags(options)
  for (const [flag, file] of Object.entries({ compressor, haystack, words })) {
    if (file !== undefined && !isUrl(file)) requireFile(`--${flag}`, file)
  }
  for (const file of data) requireFile('--data', file)
  if (adapter === 'node') checkNode(options)
  const choosing = policies.find(({ passages }) => passages !== undefined)
  if (choosing && adapter !== 'twin') {
    throw new UsageError(
      `--policies ${choosing.label} chooses passages, which needs --adapter twin`,
    )
  }
  if (adapter === 'twin' && (isUrl(model) || !existsSync(join(model, 'model.safetensors')))) {
    throw new UsageError(
      `--adapter twin reads a folder with model.safetensors and ${model} is none; save the model there or leave --adapter out`,
    )
  }
}

/** `name`, or `name:setting=value:setting=value`; a URL's colon does not count. */
export function policySpec(label: string): PolicySpec {
  const [name = '', ...given] = label.split(/:(?!\/\/|\d)/)
  const policy = named('--policies', policyNames, name)
  const files: Record<string, string> = {}
  const settings: Record<string, string | number> = { policy }
  let passages: PassageChoice | undefined
  for (const text of given) {
    const [, key, value] = /^(\w+)=(.+)$/.exec(text) ?? []
    if (key === undefined || value === undefined) {
      throw new UsageError(`--policies: '${text}' of ${label} must be written setting=value`)
    }
    if (key === 'heads' || key === 'compressor') {
      requirePolicyFile(policy, key, value)
      files[key] = value
    } else if (key === 'passages') {
      passages = named('--policies passages', passageChoices, value)
    } else if (!(key in settingFlags)) {
      throw new UsageError(
        `--policies: '${key}' of ${label} is no setting; the settings are ${Object.keys(settingFlags).join(', ')}`,
      )
    } else {
      settings[key] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
    }
  }
  if (passages !== undefined && settings['recall'] !== 'passages') {
    throw new UsageError(`--policies: passages=${passages} of ${label} needs recall=passages`)
  }
  return {
    ...{ label, policy, settings: overridesOf(settings), files },
    ...(passages === undefined ? {} : { passages }),
  }
}

function requirePolicyFile(policy: PolicyName, key: keyof PolicyFiles, file: string): void {
  if (!needs(policy, key === 'heads' ? 'retaining heads' : 'compressor')) {
    throw new UsageError(`--policies: ${policy} takes no ${key}; leave ${key}=${file} out`)
  }
  if (!isUrl(file)) requireFile(`--policies ${policy}:${key}`, file)
}

/** @param flag its name, for errors */
export function budgetOf(flag: string, text: string): Budget {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) return { tokens: wholeNumber(flag, text, 1) }
  const share = Number(percent) / 100
  if (share <= 0 || share > 1) {
    throw new UsageError(`${flag}: a share must be above 0 % and at most 100 %, not '${text}'`)
  }
  return { share }
}
