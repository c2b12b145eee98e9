// Parses Markdown for the tests of the documentation: links, anchors, paths and sentences.

/** A link to a file of this repository, with or without an anchor. */
export interface Link {
  /** '' for the file itself */
  readonly path: string
  /** '' for none */
  readonly anchor: string
}

/** Relative links and images; web addresses are left out. */
export function linksOf(markdown: string): Link[] {
  return [...prose(markdown).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor = ''] = target.split('#')
    return [{ path, anchor }]
  })
}

/** Anchors of the headings, as GitHub generates them. */
export function anchorsOf(markdown: string): string[] {
  return [...prose(markdown).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

/** Inline code that names a file or folder of the repository: `src/plan/plan.ts`, `docs/guide/`. */
export function pathsOf(markdown: string): string[] {
  const code = [...prose(markdown).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  const rooms = /^(src|cli|docs|e2e|fixtures|public|reference|shaders|training)\/[\w./+-]*$/
  return code.filter((text) => rooms.test(text))
}

/** Sentences of paragraphs and lists, each with its number of words. Code, tables and headings are left out. */
export function sentencesOf(markdown: string): { readonly text: string; readonly words: number }[] {
  const blocks = prose(markdown)
    .replace(/^ {4,}(?![-*\d]).*$/gm, '')
    .replace(/^(\||#|!\[).*$/gm, '')
    .replace(/^\s*([-*]|\d+\.) /gm, '\n\n')
    .split(/\n\s*\n/)
  return blocks
    .flatMap((block) => plain(block).split(/(?<=[.!?])["”)*]*\s+(?=["“(*]*[\p{Lu}\d`])/u))
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, words: text.split(/\s+/).filter((word) => /\w/.test(word)).length }))
}

/** Replaces links by their text and code by one word. */
function plain(block: string): string {
  return block
    .replace(/\s+/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/`[^`]+`/g, 'Code')
    .replace(/\be\.g\./g, 'eg')
}

/** Removes fenced code. */
function prose(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '')
}
