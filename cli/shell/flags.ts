// A command line, split by Node's own parser and read by the command's flags. Errors are one line in our words.
import { parseArgs } from 'node:util'
import { UsageError } from './command.ts'
import type { Flag } from './flag.ts'

/** A command's flags by name: `maxTokens` is written `--max-tokens`. */
export type Flags = Readonly<Record<string, Flag<unknown, unknown>>>

type ValueOf<One> = One extends Flag<infer Value, infer Otherwise> ? Value | Otherwise : never
type Optional<Known extends Flags> = {
  [Name in keyof Known]: undefined extends ValueOf<Known[Name]> ? Name : never
}[keyof Known]

/** Given values and defaults; flags without either are absent. */
export type Given<Known extends Flags> = {
  readonly [Name in Exclude<keyof Known, Optional<Known>>]: ValueOf<Known[Name]>
} & {
  readonly [Name in Optional<Known>]?: Exclude<ValueOf<Known[Name]>, undefined>
}

/** `help` when requested, whatever else is missing. Throws UsageError for unknown flags and values of the wrong form. */
export function parseFlags<Known extends Flags>(
  args: readonly string[],
  flags: Known,
): Given<Known> | 'help' {
  const texts = split(args, flags)
  if (texts.help !== undefined) return 'help'
  const values = Object.entries(flags).map(([name, one]) => {
    const [first, ...others] = texts[name] ?? []
    const flag = written(name)
    return [
      name,
      first === undefined ? one.otherwise(flag) : one.read(flag, [first, ...others]),
    ] as const
  })
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Given<Known>
}

/** The values of some of the flags: those that are passed on together. */
export function only<Part extends Flags>(values: Given<Part>, flags: Part): Given<Part> {
  const found: Readonly<Record<string, unknown>> = values
  const names = Object.keys(flags).filter((name) => found[name] !== undefined)
  return Object.fromEntries(names.map((name) => [name, found[name]])) as Given<Part>
}

export function written(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The texts of each given flag; for one without a value an empty one. */
function split(args: readonly string[], flags: Flags): Partial<Record<string, string[]>> {
  const rest = Object.keys(flags).find((name) => flags[name]?.times === 'rest')
  const rows = Object.keys(flags).filter((name) => flags[name]?.times === 'row')
  const options = Object.fromEntries(
    Object.entries(flags)
      .filter(([name]) => name !== rest)
      .map(([name, { form, times }]) => [
        written(name).slice(2),
        { type: form === '' ? 'boolean' : 'string', multiple: times !== 'once' } as const,
      ]),
  )
  try {
    const { values, positionals } = parseArgs({
      args: spelledOut(args, rows.map(written)),
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: rest !== undefined,
    })
    const found: Partial<Record<string, string | boolean | (string | boolean)[]>> = values
    const texts = [...Object.keys(flags), 'help'].flatMap((name) => {
      const value = found[written(name).slice(2)]
      return value === undefined ? [] : [[name, [value].flat().map(String)] as const]
    })
    return { ...Object.fromEntries(texts), ...(rest === undefined ? {} : { [rest]: positionals }) }
  } catch (error) {
    throw complaint(error)
  }
}

/** Rewrites `--shape a b` as `--shape a --shape b` for Node's parser. */
function spelledOut(args: readonly string[], rows: readonly string[]): string[] {
  let row: string | undefined
  return args.flatMap((arg, i) => {
    const before = args[i - 1]
    if (arg.startsWith('-')) row = rows.find((flag) => flag === arg)
    return row === undefined || arg === row || before === row ? [arg] : [row, arg]
  })
}

function complaint(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  const [, named = ''] = /'([^' ]+)/.exec(error.message) ?? []
  const complaints: Readonly<Record<string, string>> = {
    ERR_PARSE_ARGS_UNKNOWN_OPTION: `unknown option ${named}; --help lists them`,
    ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: `unexpected argument '${named}'; --help lists the options`,
    ERR_PARSE_ARGS_INVALID_OPTION_VALUE: error.message.includes('does not take')
      ? `${named} takes no value`
      : `${named} needs a value; one that starts with a dash is written ${named}=-…`,
  }
  return new UsageError(complaints[String(error.code)] ?? error.message)
}
