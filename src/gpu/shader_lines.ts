// Maps a line of a linked shader to its source file in shaders/. The linker joins files, drops comments and reformats, so
// line numbers in compiler messages match no file. A table in a comment at the end of the shader maps runs of consecutive
// lines back. The table is a tenth of the text and stays in every build, since a driver that rejects a shader may be
// found on a user's machine first.

export interface SourceLine {
  /** relative to shaders/ */
  readonly file: string
  readonly line: number
}

const mark = '// lines '

/**
 * Appends the table to the shader.
 * @param lines (line of the code): its source; undefined where unknown, and then counted to the line before
 */
export function withSourceLines(code: string, lines: readonly (SourceLine | undefined)[]): string {
  let file = ''
  let ahead = NaN // source line minus code line
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

/** The source of a line of the code, counted from 1; undefined without a table. */
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
