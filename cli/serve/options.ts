// The command line of `npm run serve`.
import { basename } from 'node:path'
import type { SettingOverrides } from '../../src/api/settings.ts'
import { formatOf } from '../../src/model/format_names.ts'
import { adapterOrNodeFlag, requireWebgpu } from '../node/adapters.ts'
import { checkModelFlags, hubHelp, kernelsFlag, modelFlags, sourceFlags } from '../models/flags.ts'
import { isHubName } from '../models/hub_model.ts'
import { overridesOf, settingFlags } from '../models/setting_flags.ts'
import { called } from '../shell/called.ts'
import { UsageError } from '../shell/command.ts'
import { commandLine, only, type Given } from '../shell/command_line.ts'
import { given, rest, text, whole } from '../shell/flag.ts'

const ownFlags = {
  ...modelFlags,
  ...sourceFlags,
  port: whole(0, 'where it listens; 0 takes a free one', 65_535).or('8080'),
  host: text(
    'ADDRESS',
    'the address that it listens at; any other than this machine’s own lets others in',
  ).or('127.0.0.1'),
  allowOrigin: text(
    'ORIGIN',
    'pages of this origin may ask, such as http://localhost:3000, or * for any; may be given several times (default: no page may)',
  ).several(),
  name: text('NAME', 'what requests call the model (default: as it was named here, or longtab)'),
  skim: given(
    'cuts documents into passages and does not run them through the model; implies --recall passages',
  ),
  json: given('a line of JSON on stderr for each request, in place of words'),
  kernels: kernelsFlag,
  adapter: adapterOrNodeFlag,
}

const flags = { models: rest('the model, in place of --model'), ...ownFlags, ...settingFlags }

/** What `--help` says. */
export const description = {
  usage: called('serve', '[MODEL] [--port N] [options]'),
  about: 'Answers the requests of OpenAI’s clients with a model on this machine.',
  flags,
  closing: hubHelp,
}

/** What was asked for. */
export interface ServeCommand extends Omit<Given<typeof ownFlags>, 'name'> {
  readonly model: string
  readonly name: string
  readonly settings: SettingOverrides
}

/** Throws UsageError. */
export function parseServe(args: readonly string[], defaultModel: string): ServeCommand {
  const given = commandLine(description, args)
  const [positional, ...more] = given.models
  if (more.length > 0 || (positional !== undefined && given.model !== undefined))
    throw new UsageError('one model answers; name one, alone or with --model')
  const named = positional ?? given.model
  const settings = overridesOf(given)
  const options = {
    ...only(given, ownFlags),
    model: named ?? defaultModel,
    name: given.name ?? (named === undefined ? 'longtab' : nameOf(named)),
    settings: given.skim ? { recall: 'passages' as const, ...settings } : settings,
  }
  if (options.adapter === 'node') requireWebgpu()
  checkModelFlags(options)
  for (const origin of options.allowOrigin) requireOrigin(origin)
  return options
}

/** A repository as it is named, and a folder or file without the way to it. */
function nameOf(model: string): string {
  return isHubName(model) ? model : basename(model, formatOf(model)?.ending)
}

function requireOrigin(origin: string): void {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return
  throw new UsageError(
    `--allow-origin ${origin} is no origin; name one as browsers do, such as http://localhost:3000`,
  )
}
