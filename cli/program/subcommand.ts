// A command of `longtab`: what it says of itself, and how it is started.
import type { Description, Flags } from '../shell/command_line.ts'

export interface Subcommand {
  /** its flags and help, the same that the command reads its line by */
  description(): Promise<Description<Flags>>
  /** runs it on `process.argv` */
  run(): Promise<unknown>
}

/** By name; a name may be two words. */
export type Subcommands = Readonly<Record<string, Subcommand>>

export interface Chosen {
  readonly subcommand: Subcommand
  /** its own arguments */
  readonly args: readonly string[]
}

/** The subcommand that the arguments begin with; undefined where they begin with none. */
export function chosenOf(all: Subcommands, args: readonly string[]): Chosen | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ')
    const subcommand = Object.hasOwn(all, name) ? all[name] : undefined
    if (subcommand !== undefined) return { subcommand, args: args.slice(words) }
  }
  return undefined
}
