// The command line of `npm run ask`: its flags, and every error that can be found without a browser.
import { existsSync, statSync } from 'node:fs'
import type { AskOptions } from '../../src/api/answer.ts'
import { LongtabError } from '../../src/api/errors.ts'
import type { DebugLevel, TemplateVariables } from '../../src/api/model.ts'
import type { SaveOptions } from '../../src/api/saved.ts'
import type { SettingOverrides } from '../../src/api/settings.ts'
import type { DocumentFormat } from '../../src/api/places.ts'
import { documentFormats } from '../../src/documents/format_names.ts'
import { encodingNamed } from '../../src/text/encodings.ts'
import { chosenPolicy } from '../../src/plan/settings.ts'
import { adapterOrNodeFlag, requireWebgpu } from '../node/adapters.ts'
import { documentName } from './fetched.ts'
import { checkModelFlags, hubHelp, kernelsFlag, modelFlags, sourceFlags } from '../models/flags.ts'
import { overridesOf, settingFlags } from '../models/setting_flags.ts'
import { called } from '../shell/called.ts'
import { UsageError } from '../shell/command.ts'
import { isFolder, isUrl, requireFile, requireWritable } from '../shell/files.ts'
import { given, oneOf, real, text, whole } from '../shell/flag.ts'
import { only, commandLine, type Given } from '../shell/command_line.ts'

/** Settings of the answer, by their names in the module. */
export const answerFlags = {
  maxTokens: whole(1, 'length of the answer').or('256'),
  sampling: oneOf(
    'S',
    ['greedy', 'model'],
    'how a token is taken',
    ': greedy suits questions about a document, model is as its makers suggest',
  ).or('greedy'),
  temperature: real(Infinity, 'above 0 samples; 0 takes the most likely token'),
  topK: whole(1, 'samples from so many of the most likely tokens'),
  topP: real(1, 'samples from the most likely tokens that together have this probability'),
  stop: text('TEXT', 'ends the answer and is not part of it; may be given several times').several(),
  evenIfAbsent: given(
    'answers also where the document, by its words, does not speak of what is asked (with --recall)',
  ),
  think: given(
    'lets a model that can think do so before it answers; the thought is no part of the answer',
  ),
  showSpecial: given('shows special tokens in the answer'),
}

export const templateFlag = text(
  'NAME=VALUE',
  'a variable of the chat template; may be given several times',
).several()

/** How a file becomes text, by the names in the module. */
export const fileFlags = {
  format: oneOf(
    'F',
    Object.keys(documentFormats) as DocumentFormat[],
    'what the document is read as; by default its content tells',
  ),
  password: text('TEXT', 'opens an encrypted document'),
  html: oneOf(
    'PART',
    ['article', 'whole'],
    'which part of an HTML page is read: without menus, or all of it',
  ).or('article'),
  encoding: text(
    'NAME',
    'encoding of the document, such as windows-1252; by default its bytes tell',
  ),
}

const ownFlags = {
  ...modelFlags,
  document: text(
    'FILE',
    'what to read: text, PDF, Word, EPUB, HTML and others, a ZIP of them, or the address of one; - reads text from standard input',
  ),
  save: text(
    'FILE',
    'writes the document to a file that --open opens; while it is read, what has been read so far, so that --open reads on',
  ),
  open: text(
    'FILE',
    'a document that was saved, in place of --document; it is opened in seconds, with the settings that it was read with',
  ),
  ...fileFlags,
  question: text('TEXT', 'what to ask (with --chat, first; it may be left out)'),
  chat: given('reads more questions from standard input, a line each; earlier ones are remembered'),
  ...sourceFlags,
  skim: given(
    'cuts the document into passages and does not run it through the model: seconds for a book; answers come from passages',
  ),
  survey: given(
    'asks every piece of the document, for lists and summaries; what it costs and where each answer stands go to stderr',
  ),
  join: given('with --survey: the model writes one answer from those of the pieces, for summaries'),
  template: templateFlag,
  raw: given('document and question as one plain text, without a chat template'),
  json: text(
    'OUT',
    'write settings, answer, speeds and GPU bytes to a file; - to standard output, in place of the answer',
  ),
  dump: text(
    'DIR',
    'write the first step’s logits (logits.bin, f32), retained.json and, of policies that merge, merged.safetensors',
  ),
  debug: oneOf(
    'N',
    ['0', '1', '2', '3'],
    'what the engine says of itself on stderr',
    ': 1 its plan and kernels, 2 each submit too, 3 the time of each kernel too',
  ).or('0'),
  kernels: kernelsFlag,
  adapter: adapterOrNodeFlag,
}

const flags = { ...ownFlags, ...answerFlags, ...settingFlags }

/** What `--help` says. */
export const description = {
  usage: called('ask', '--document FILE|--open FILE --question TEXT [options]'),
  about: 'Reads a document with a cache of fixed size and answers a question about it.',
  flags,
  closing: hubHelp,
}

type Own = Given<typeof ownFlags>

/** What flags say of an answer. */
export type AnswerFlags = Omit<
  AskOptions,
  'json' | 'history' | 'tools' | 'toolChoice' | 'exchanges'
>

/** What was asked for. The command and its tab have all of it, so that a flag is read where it is used. */
export interface AskCommand extends Omit<Own, 'debug'> {
  readonly model: string
  /** what a saved document says of itself */
  readonly named: Required<Pick<SaveOptions, 'title' | 'source'>>
  readonly question: string
  readonly settings: SettingOverrides
  readonly answer: AnswerFlags
  readonly templateVariables: TemplateVariables
  readonly debug: DebugLevel
}

/** Throws UsageError. */
export function parseAsk(args: readonly string[], defaultModel: string): AskCommand {
  const given = commandLine(description, args)
  const settings = overridesOf(given)
  const options: AskCommand = {
    ...only(given, ownFlags),
    model: given.model ?? defaultModel,
    named: {
      title: documentName(given.document ?? given.open ?? ''),
      source: given.model ?? defaultModel,
    },
    question: given.question ?? '',
    settings: given.skim || given.survey ? { recall: 'passages', ...settings } : settings,
    answer: {
      ...only(given, answerFlags),
      seed: given.seed ?? 0,
      keepFirstLogits: given.dump !== undefined,
    },
    templateVariables: variablesOf(given.template),
    debug: Number(given.debug) as DebugLevel,
  }
  if (options.adapter === 'node') requireWebgpu()
  checkTogether(options)
  checkFiles(options)
  return options
}

function checkTogether(command: AskCommand): void {
  const { settings, skim, survey, join, raw, chat } = command
  const { document, open, encoding, question, format } = command
  if ((document === undefined) === (open === undefined))
    throw new UsageError('name the text with --document, or a saved document with --open')
  if (open !== undefined && (skim || encoding !== undefined || format !== undefined))
    throw new UsageError(
      '--open opens a document that was read; leave out --skim, --encoding and --format, which say how one is read',
    )
  if (open !== undefined && raw && question !== '')
    throw new UsageError(
      '--raw continues a saved document where it ends; leave out --question, or ask it without --raw',
    )
  const { budget } = settings
  const { name, stabilizers } = chosenPolicy(settings)
  if (
    name !== 'full' &&
    budget !== undefined &&
    stabilizers !== undefined &&
    stabilizers >= budget
  ) {
    throw new UsageError(
      `--stabilizers ${stabilizers} must be fewer than --budget ${budget}; lower the one or raise the other`,
    )
  }
  if (skim && raw)
    throw new UsageError(
      '--raw is continued by the model, which has to read it, and --skim spares that; leave one of them out',
    )
  if (survey && (raw || chat))
    throw new UsageError(
      '--survey asks one question of every piece of a document; leave out --raw and --chat',
    )
  if (join && !survey)
    throw new UsageError('--join joins the answers of a survey; give --survey with it')
  if (raw && format !== undefined)
    throw new UsageError('--raw reads the document as plain text; leave --format out')
  if (chat && raw)
    throw new UsageError(
      '--raw continues one text and --chat asks questions; leave one of them out',
    )
  if (chat && document === '-')
    throw new UsageError('--chat reads questions from standard input, so --document must be a file')
  if (!raw && !chat && question.trim() === '')
    throw new UsageError('--question is missing or empty')
}

function checkFiles(options: AskCommand): void {
  checkEncoding(options.encoding)
  const { document, open, save, compressor, json, dump } = options
  checkModelFlags(options)
  if (open !== undefined) requireFile('--open', open)
  if (save !== undefined) requireWritable('--save', save)
  if (document !== undefined && document !== '-' && !isUrl(document)) {
    requireFile('--document', document)
    const found = statSync(document)
    if (found.isFile() && found.size === 0) throw new UsageError(`--document ${document} is empty`)
  }
  if (compressor !== undefined && !isUrl(compressor)) requireFile('--compressor', compressor)
  if (json !== undefined && json !== '-') requireWritable('--json', json)
  if (dump !== undefined && existsSync(dump) && !isFolder(dump)) {
    throw new UsageError(`--dump ${dump} is a file; name a folder`)
  }
}

/** Throws UsageError. */
export function checkEncoding(encoding: string | undefined): void {
  if (encoding === undefined) return
  try {
    encodingNamed(encoding)
  } catch (error) {
    if (error instanceof LongtabError) throw new UsageError(`--encoding: ${error.message}`)
    throw error
  }
}

/** Numbers and true or false are what they are; everything else is text. Throws UsageError. */
export function variablesOf(given: readonly string[] = []): TemplateVariables {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=')
      if (at < 1) throw new UsageError(`--template ${one} must be NAME=VALUE`)
      return [one.slice(0, at), valueOf(one.slice(at + 1))]
    }),
  )
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
