// What `longtab --help` says: a line for each command, in its own words.
import type { Subcommands } from './subcommand.ts'

export async function helpOf(all: Subcommands): Promise<string> {
  const abouts = Object.entries(all).map(
    async ([name, subcommand]) =>
      [name, firstSentence((await subcommand.description()).about)] as const,
  )
  const lines = (await Promise.all(abouts)).map(([name, about]) => `  ${name.padEnd(18)}${about}`)
  return [
    'Usage: longtab COMMAND [options]',
    '',
    'Reads documents of any length on this machine’s GPU and answers questions about them.',
    '',
    'Commands:',
    ...lines,
    '',
    'longtab COMMAND --help lists the options of a command; longtab --version prints the version.',
    'Exit codes: 0 when done, 1 when the work failed, 2 when the command line was wrong.',
  ].join('\n')
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /, 1).join('')
}
