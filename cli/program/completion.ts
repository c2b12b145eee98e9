// Shell completion, printed from the commands' own flags. The scripts are static, so that a press of Tab starts no Node.
import type { Flags } from '../shell/command_line.ts'
import { written, type Takes } from '../shell/flag.ts'
import type { Subcommands } from './subcommand.ts'

/** A command as completion sees it. */
interface Completed {
  readonly name: string
  readonly flags: readonly { readonly flag: string; readonly takes: Takes }[]
}

const scripts = { bash, zsh, fish }

export type Shell = keyof typeof scripts

const ownWords = Object.keys(scripts).map((shell) => ({ name: `completion ${shell}`, flags: [] }))

export const shells = Object.keys(scripts) as Shell[]

export async function completionOf(all: Subcommands, shell: Shell): Promise<string> {
  const completed = Object.entries(all).map(async ([name, subcommand]) => {
    const { flags } = await subcommand.description()
    return { name, flags: flagsOf(flags) }
  })
  return scripts[shell]([...(await Promise.all(completed)), ...ownWords])
}

function flagsOf(flags: Flags): Completed['flags'] {
  const all = Object.entries(flags).map(([name, { takes }]) => ({ flag: written(name), takes }))
  return [...all.filter(({ takes }) => takes !== 'operands'), { flag: '--help', takes: 'nothing' }]
}

/** The words that may stand at the first place, or after a first word. */
function wordsAfter(commands: readonly Completed[], first: string): string {
  const names = commands.map(({ name }) => name.split(' '))
  const next = names.map(([one, two]) => (first === '' ? one : one === first ? two : undefined))
  return [...new Set(next.filter((word) => word !== undefined))].join(' ')
}

/** Where no word of ours may stand, the shell completes file names. */
function bash(commands: readonly Completed[]): string {
  const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]
  const seconds = firsts.filter((first) => wordsAfter(commands, first) !== '')
  const flags = commands.flatMap(({ name, flags }) => flags.map((one) => ({ name, ...one })))
  return [
    '_longtab() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} line words=',
    '  line="${COMP_WORDS[*]:1:COMP_CWORD-1}"',
    '  case $line in',
    `    '') words='${wordsAfter(commands, '')}' ;;`,
    ...seconds.map((first) => `    ${first}) words='${wordsAfter(commands, first)}' ;;`),
    ...flags.flatMap(({ name, flag, takes }) => {
      if (takes === 'nothing' || takes === 'operands') return []
      const words = takes === 'anything' ? '' : `words='${takes.join(' ')}' `
      return [`    '${name}'*' ${flag}') ${words};;`]
    }),
    ...commands.map(
      ({ name, flags }) =>
        `    '${name}'*) [[ $word != -* ]] || words='${flags.map(({ flag }) => flag).join(' ')}' ;;`,
    ),
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    'complete -o default -F _longtab longtab',
  ].join('\n')
}

/** zsh runs the functions of bash. */
function zsh(commands: readonly Completed[]): string {
  return `autoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bash(commands)}`
}

function fish(commands: readonly Completed[]): string {
  const seen = (words: string) => `__fish_seen_subcommand_from ${words}`
  const firsts = wordsAfter(commands, '')
  const seconds = firsts.split(' ').filter((first) => wordsAfter(commands, first) !== '')
  return [
    `complete -c longtab -n 'not ${seen(firsts)}' -f -a '${firsts}'`,
    ...seconds.map((first) => {
      const next = wordsAfter(commands, first)
      return `complete -c longtab -n '${seen(first)}; and not ${seen(next)}' -f -a '${next}'`
    }),
    ...commands.flatMap(({ name, flags }) => {
      const isGiven = name.split(' ').map(seen).join('; and ')
      return flags.map(({ flag, takes }) => {
        const value =
          takes === 'anything'
            ? ' -r'
            : typeof takes === 'string'
              ? ''
              : ` -x -a '${takes.join(' ')}'`
        return `complete -c longtab -n '${isGiven}' -l ${flag.slice(2)}${value}`
      })
    }),
  ].join('\n')
}
