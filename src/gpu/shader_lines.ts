// Where a line of a linked shader stands in the files of shaders/. The linker joins several files, drops comments and lays
// statements out anew, so the line that a compiler complains about is in no file. A table at the end of the shader's text, a
// comment of runs of consecutive lines, leads back. It is a tenth of the text and stays in every build: a driver that
// refuses a shader is met on a user's machine first.

export interface SourceLine {
  /** relative to shaders/ */
  readonly file: string
  readonly line: number
}

const mark = '// lines '

/**
 * The shader with its table behind it.
 * @param lines (line of the code); undefined where nothing is known, which then counts to the line before
 */
export function withSourceLines(code: string, lines: readonly (SourceLine | undefined)[]): string {
  let file = ''
  let ahead = NaN // of the source's line before the code's
  const table: string[] = []
  lines.forEach((source, i) => {
    if (!source) return
    if (source.file !== file) table.push((file = source.file))
    else if (source.line - i === ahead) return
    ahead = source.line - i
    table.push(`${i + 1}:${source.line}`)
  })
  return `${code}\n${mark}${table.join(' ')}`
}

/** The source of a line of the code, counted from 1; undefined where the code has no table. */
export function sourceLineOf(code: string, line: number): SourceLine | undefined {
  const begin = code.lastIndexOf(mark)
  if (begin < 0) return undefined
  let file = ''
  let found: SourceLine | undefined
  for (const word of code.slice(begin + mark.length).split(' ')) {
    const [from, source] = word.split(':').map(Number)
    if (from === undefined || source === undefined) file = word
    else if (from <= line) found = { file, line: source + line - from }
  }
  return found
}
