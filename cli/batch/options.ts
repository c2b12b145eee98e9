// The command line of `npm run batch`: its flags, and every error that can be found without a browser.
import { relative, resolve } from 'node:path'
import type { FileOptions } from '../../src/api/document.ts'
import type { TemplateVariables } from '../../src/api/model.ts'
import type { SettingOverrides } from '../../src/api/settings.ts'
import {
  answerFlags,
  checkEncoding,
  fileFlags,
  templateFlag,
  variablesOf,
  type AnswerFlags,
} from '../ask/options.ts'
import { adapterFlag } from '../browser/adapters.ts'
import { checkModelFlags, hubHelp, kernelsFlag, modelFlags, sourceFlags } from '../models/flags.ts'
import { overridesOf, settingFlags } from '../models/setting_flags.ts'
import { called } from '../shell/called.ts'
import { UsageError } from '../shell/command.ts'
import { commandLine, only, type Given } from '../shell/command_line.ts'
import { isFolder, requireFile, requireWritable } from '../shell/files.ts'
import { given, rest, text, valued } from '../shell/flag.ts'
import { parseShard } from '../shell/shard.ts'
import type { Run } from './line.ts'

/** With `--model`, what is loaded. */
const loadFlags = { revision: modelFlags.revision, ...sourceFlags }

/** Flags that decide what is answered; each line names them. */
const decisiveFlags = {
  ...loadFlags,
  skim: given(
    'cuts documents into passages and does not run them through the model; implies --recall passages',
  ),
  template: templateFlag,
  ...fileFlags,
  ...answerFlags,
  ...settingFlags,
}

const ownFlags = {
  questions: text(
    'FILE',
    'what is asked of each document: a question a line, or {"id": "…", "question": "…"} a line',
  ).needed(),
  out: text(
    'FILE',
    'a line of JSON for each document and question; what it holds already is not asked again',
  ).needed(),
  model: modelFlags.model,
  shard: valued(
    'i/n',
    'takes every n-th document from the i-th on, to share the folder among n machines',
    parseShard,
  ).or('1/1'),
  json: given('a line of JSON on stderr for each document, in place of words'),
  kernels: kernelsFlag,
  adapter: adapterFlag,
}

const flags = { folder: rest('what to read'), ...ownFlags, ...decisiveFlags }

/** What `--help` says. */
export const description = {
  usage: called('batch', 'FOLDER --questions FILE --out FILE.jsonl [options]'),
  about:
    'Reads every document of a folder once and asks each the questions of a file, in headless Chromium.',
  flags,
  closing: hubHelp,
}

/** What was asked for. */
export interface BatchCommand
  extends Omit<Given<typeof ownFlags>, 'model'>, Given<typeof loadFlags> {
  readonly folder: string
  readonly model: string
  readonly settings: SettingOverrides
  readonly skim: boolean
  readonly file: FileOptions
  readonly answer: AnswerFlags
  readonly templateVariables: TemplateVariables
  readonly run: Run
}

/** Throws UsageError. */
export function parseBatch(args: readonly string[], defaultModel: string): BatchCommand {
  const given = commandLine(description, args)
  const [folder, ...more] = given.folder
  if (folder === undefined) throw new UsageError('name the folder of the documents')
  if (more.length > 0) throw new UsageError(`name one folder, not ${more.length + 1}`)
  const settings = overridesOf(given)
  const { password: _, ...told } = only(given, decisiveFlags) // nobody wants it in the output
  const options = {
    ...only(given, ownFlags),
    ...only(given, loadFlags),
    folder,
    model: given.model ?? defaultModel,
    skim: given.skim,
    settings: given.skim ? { recall: 'passages' as const, ...settings } : settings,
    file: only(given, fileFlags),
    answer: { ...only(given, answerFlags), seed: given.seed ?? 0 },
    templateVariables: variablesOf(given.template),
    run: { model: given.model ?? 'built-in', settings: told },
  }
  checkModelFlags(options)
  checkEncoding(given.encoding)
  if (!isFolder(folder)) throw new UsageError(`${folder} is no folder; name that of the documents`)
  requireFile('--questions', options.questions)
  requireWritable('--out', options.out)
  for (const flag of ['questions', 'out'] as const) requireOutside(folder, flag, options[flag])
  return options
}

function requireOutside(folder: string, flag: string, path: string): void {
  if (relative(resolve(folder), resolve(path)).startsWith('..')) return
  throw new UsageError(
    `--${flag} ${path} lies in ${folder}, where every file is a document; name one elsewhere`,
  )
}
