// Flags of a command line by Node's own parser, its complaints in our words and in one line.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './command.ts'

type Flags = NonNullable<ParseArgsConfig['options']>
export type Given<Known extends Flags> = ReturnType<
  typeof parseArgs<{ options: Known; strict: true }>
>['values']

/** Throws UsageError for anything that is not one of the flags, in its form. */
export function parseFlags<Known extends Flags>(
  args: readonly string[],
  flags: Known,
): Given<Known> {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const [, named = ''] = /'([^' ]+)/.exec(error.message) ?? []
    const complaints: Readonly<Record<string, string>> = {
      ERR_PARSE_ARGS_UNKNOWN_OPTION: `unknown option ${named}; --help lists them`,
      ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: `unexpected argument '${named}'; --help lists the options`,
      ERR_PARSE_ARGS_INVALID_OPTION_VALUE: error.message.includes('does not take')
        ? `${named} takes no value`
        : `${named} needs a value; one that starts with a dash is written ${named}=-…`,
    }
    throw new UsageError(complaints[String(error.code)] ?? error.message)
  }
}
