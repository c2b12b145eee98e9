// The text of `--help`, from a command's flags.
import { written, type Flags } from './flags.ts'

const width = 120
const widestFlag = 24

/** @param about what the command does and how it is called; @param closing a line after the flags */
export function helpOf(about: string, flags: Flags, closing?: string): string {
  const rows = Object.entries(flags).map(([name, { form, help, times }]) => {
    const flag = times === 'rest' ? form : `${written(name)} ${form}`
    return [`${flag.trim()}${times === 'row' ? ' …' : ''}`, help] as const
  })
  const all = [...rows, ['--help', 'this text'] as const]
  const left = Math.min(widestFlag, Math.max(...all.map(([flag]) => flag.length)))
  const lines = all.map(([flag, help]) => {
    const [first = '', ...others] = wrapped(help, width - left - 4)
    const beside =
      flag.length > left ? [`  ${flag}`, indented(first)] : [`  ${flag.padEnd(left)}  ${first}`]
    function indented(line: string) {
      return ' '.repeat(left + 4) + line
    }
    return [...beside, ...others.map(indented)].join('\n')
  })
  return [about, lines.join('\n'), ...(closing === undefined ? [] : [closing])].join('\n\n')
}

/** What the command line asks for; where it asks for `help`, prints that and returns undefined. */
export function unlessHelp<Asked>(asked: Asked | 'help', help: string): Asked | undefined {
  if (asked !== 'help') return asked
  console.log(help)
  return undefined
}

/** Lines of at most `room` characters, broken between words. */
function wrapped(text: string, room: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}
