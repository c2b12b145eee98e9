// One flag of a command line: its form, allowed values and help text. A command's flags are a record of these, by name in
// camel case, so that a new flag is one line. Commander parses and prints them (command_line.ts).
import { Option, type Command } from 'commander'
import { UsageError } from './command.ts'

/** What may follow a flag: no value, any, or one of some words. An operand stands without a flag. */
export type Takes = 'nothing' | 'anything' | 'operands' | readonly string[]

export interface Flag<Value> {
  readonly takes: Takes
  addTo(command: Command, name: string): void
  /** after parsing */
  valueIn(command: Command, name: string): Value
}

/** A flag with one optional value; these methods change that. */
export interface Valued<Value> extends Flag<Value | undefined> {
  /** Sets the default, written as on the command line. */
  or(text: string): Flag<Value>
  needed(): Flag<Value>
  /** Several values, in a row or by repeating the flag. */
  several(): Flag<readonly Value[]>
  /** Several values with commas. */
  list(): Valued<readonly Value[]>
}

/** @param readOne throws UsageError, which names the flag */
export function valued<Value>(
  form: string,
  help: string,
  readOne: (flag: string, text: string) => Value,
  takes: Takes = 'anything',
): Valued<Value> {
  const flag = <Result>(
    changed: (option: Option, flag: string) => Option,
    shape = form,
  ): Flag<Result> => ({
    takes,
    addTo(command, name) {
      const flag = written(name)
      const option = new Option(`${flag} <${shape}>`, help)
      option.argParser((text) => readOne(flag, valueOf(flag, text)))
      command.addOption(changed(option, flag))
    },
    valueIn: (command, name) => command.getOptionValue(name) as Result,
  })
  return {
    ...flag((option) => option),
    or: (text) => flag((option, flag) => option.default(readOne(flag, text), text)),
    needed: () => flag((option) => option.makeOptionMandatory()),
    several: () => ({
      ...flag(
        (option, flag) =>
          option.argParser((text, before: readonly Value[] | undefined) => [
            ...(before ?? []),
            readOne(flag, valueOf(flag, text)),
          ]),
        `${form}...`,
      ),
      valueIn: (command, name) => (command.getOptionValue(name) ?? []) as readonly Value[],
    }),
    list: () =>
      valued(
        `${form},${form}`,
        help,
        (flag, text) => parts(text).map((part) => readOne(flag, part)),
        takes,
      ),
  }
}

/** As on the command line. */
export function written(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** Commander takes whatever follows for the value, the next flag too. */
function valueOf(flag: string, text: string): string {
  if (/^--[a-z]/.test(text)) throw new UsageError(`${flag} needs a value, not the flag ${text}`)
  return text
}

function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Present or not. */
export function given(help: string): Flag<boolean> {
  return {
    takes: 'nothing',
    addTo: (command, name) => command.option(written(name), help),
    valueIn: (command, name) => command.getOptionValue(name) === true,
  }
}

/** Arguments without a flag. */
export function rest(help: string): Flag<readonly string[]> {
  return {
    takes: 'operands',
    addTo: (command, name) => command.argument(`[${name}...]`, help),
    valueIn: (command) => command.args,
  }
}

export function text(form: string, help: string): Valued<string> {
  return valued(form, help, (_, text) => text)
}

export function whole(least: number, help: string, most = Infinity): Valued<number> {
  return valued('N', help, (flag, text) => wholeNumber(flag, text, least, most))
}

export function wholeNumber(flag: string, text: string, least: number, most = Infinity): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  const range = most === Infinity ? `of at least ${least}` : `between ${least} and ${most}`
  throw new UsageError(`${flag} must be a whole number ${range}, not '${text}'`)
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
  const readOne = (flag: string, text: string) => named(flag, names, text)
  return valued(form, `${help}: ${inWords(names)}${note}`, readOne, names)
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
