// One flag of a command line: its form, allowed values and help text. A command's flags are a record of these, by name in
// camel case. Parsing (flags.ts) and `--help` (help.ts) derive from it, so that a new flag is one line.
import { UsageError } from './command.ts'

/** Given texts, in order. */
type Texts = readonly [string, ...string[]]

export interface Flag<Value, Otherwise = undefined> {
  /** form of its value in the help; a flag without one takes no value */
  readonly form: string
  readonly help: string
  /** `row`: several values in a row or repeated flags; `rest`: arguments without a flag */
  readonly times: 'once' | 'several' | 'row' | 'rest'
  /** Throws UsageError. */
  read(flag: string, texts: Texts): Value
  /** Its default. Throws UsageError where it is required. */
  otherwise(flag: string): Otherwise
}

/** A flag with one optional value; these methods change that. */
export interface Valued<Value> extends Flag<Value> {
  /** Sets the default, written as on the command line. */
  or(text: string): Flag<Value, Value>
  needed(): Flag<Value, never>
  several(): Flag<readonly Value[], readonly Value[]>
  /** Several values in a row. */
  inRow(): Flag<readonly Value[]>
  /** Several values with commas. */
  list(): Valued<readonly Value[]>
}

export function missing(flag: string): never {
  throw new UsageError(`${flag} is missing; --help lists the options`)
}

/** @param readOne throws UsageError, which names the flag */
export function valued<Value>(
  form: string,
  help: string,
  readOne: (flag: string, text: string) => Value,
): Valued<Value> {
  const one = {
    form,
    help,
    times: 'once',
    read: (flag: string, [text]: Texts) => readOne(flag, text),
    otherwise: () => undefined,
  } as const
  const each = (flag: string, texts: readonly string[]) => texts.map((text) => readOne(flag, text))
  return {
    ...one,
    or: (text) => ({
      ...one,
      help: `${help} (default: ${text})`,
      otherwise: (flag) => readOne(flag, text),
    }),
    needed: () => ({ ...one, otherwise: missing }),
    several: () => ({ ...one, times: 'several', read: each, otherwise: () => [] }),
    inRow: () => ({ ...one, times: 'row', read: each }),
    list: () => valued(`${form},${form}`, help, (flag, text) => each(flag, parts(text))),
  }
}

function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Present or not. */
export function given(help: string): Flag<boolean, boolean> {
  return { form: '', help, times: 'once', read: () => true, otherwise: () => false }
}

/** Arguments without a flag. */
export function rest(form: string, help: string): Flag<readonly string[], readonly string[]> {
  return { form, help, times: 'rest', read: (_, texts) => texts, otherwise: () => [] }
}

export function text(form: string, help: string): Valued<string> {
  return valued(form, help, (_, text) => text)
}

export function whole(least: number, help: string, most = Infinity): Valued<number> {
  return valued('N', help, (flag, text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value
    const range = most === Infinity ? `of at least ${least}` : `between ${least} and ${most}`
    throw new UsageError(`${flag} must be a whole number ${range}, not '${text}'`)
  })
}

export function real(most: number, help: string): Valued<number> {
  return valued('X', help, (flag, text) => {
    const value = text.trim() === '' ? NaN : Number(text)
    if (Number.isFinite(value) && value >= 0 && value <= most) return value
    const range = most === Infinity ? 'of at least 0' : `between 0 and ${most}`
    throw new UsageError(`${flag} must be a number ${range}, not '${text}'`)
  })
}

/** @param note after the names in the help */
export function oneOf<Name extends string>(
  form: string,
  names: readonly Name[],
  help: string,
  note = '',
): Valued<Name> {
  return valued(form, `${help}: ${inWords(names)}${note}`, (flag, text) => named(flag, names, text))
}

export function named<Name extends string>(
  flag: string,
  names: readonly Name[],
  text: string,
): Name {
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  throw new UsageError(`${flag} must be one of ${names.join(', ')}, not '${text}'`)
}

/** a, b or c */
function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}
