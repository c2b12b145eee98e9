// A command line: its flags, read and described in `--help` by Commander. Errors are one line.
import { Command, CommanderError } from 'commander'
import { UsageError } from './command.ts'
import type { Flag } from './flag.ts'

/** A command's flags by name: `maxTokens` is written `--max-tokens`. */
export type Flags = Readonly<Record<string, Flag<unknown>>>

type ValueOf<One> = One extends Flag<infer Value> ? Value : never
type Optional<Known extends Flags> = {
  [Name in keyof Known]: undefined extends ValueOf<Known[Name]> ? Name : never
}[keyof Known]

/** Given values and defaults; flags without either are absent. */
export type Given<Known extends Flags> = {
  readonly [Name in Exclude<keyof Known, Optional<Known>>]: ValueOf<Known[Name]>
} & {
  readonly [Name in Optional<Known>]?: Exclude<ValueOf<Known[Name]>, undefined>
}

export interface Description<Known extends Flags> {
  readonly usage: string
  /** what the command does */
  readonly about: string
  readonly flags: Known
  /** a line after the flags */
  readonly closing?: string
}

/**
 * Reads a command line. Throws UsageError for unknown flags and values of the wrong form, and Commander's error of exit
 * code 0 after it has printed the help.
 */
export function commandLine<Known extends Flags>(
  { usage, about, flags, closing = '' }: Description<Known>,
  args: readonly string[] = process.argv.slice(2),
): Given<Known> {
  const command = new Command()
    .description(about)
    .addHelpText('after', `\n${closing}`.trimEnd())
    .configureHelp({ commandUsage: () => usage })
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
  for (const [name, flag] of Object.entries(flags)) flag.addTo(command, name)
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error
    const complaint =
      error.code === 'commander.excessArguments'
        ? `unexpected argument '${command.args.join(' ')}'`
        : error.message.replace('error: ', '').replace('\n', ' ')
    throw new UsageError(`${complaint}; --help lists the options`)
  }
  const values = Object.entries(flags).map(
    ([name, flag]) => [name, flag.valueIn(command, name)] as const,
  )
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Given<Known>
}

/** The values of some of the flags: those that are passed on together. */
export function only<Part extends Flags>(values: Given<Part>, flags: Part): Given<Part> {
  const found: Readonly<Record<string, unknown>> = values
  const names = Object.keys(flags).filter((name) => found[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, found[name]])) as Given<Part>
}
