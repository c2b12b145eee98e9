// Reads the comments of source files, for the test of their sentences.

const lineComment = /^\s*\/\/\/?(?: (.*))?$/
const blockComment = /^\s*\/\*\*([\s\S]*?)\*\//gm

/**
 * Comments on lines of their own, each as Markdown: blocks, and runs of consecutive line comments. Comments behind code are
 * left out, as they are one line long.
 * @param source of a TypeScript, JavaScript or WGSL file
 */
export function commentsOf(source: string): string[] {
  const blocks = [...source.matchAll(blockComment)].map(([, inside = '']) =>
    asMarkdown(inside.replace(/^\s*\* ?/gm, '')),
  )
  const runs: string[][] = [[]]
  for (const line of source.split('\n')) {
    const comment = lineComment.exec(line)
    if (comment) runs.at(-1)?.push(comment[1] ?? '')
    else if (runs.at(-1)?.length !== 0) runs.push([])
  }
  return [...blocks, ...runs.map((run) => asMarkdown(run.join('\n')))].filter((text) => text !== '')
}

/** Tags begin paragraphs of their own. */
function asMarkdown(comment: string): string {
  return comment.replace(/@(param|returns|throws|example|typeParam)/g, '\n\n$1').trim()
}
