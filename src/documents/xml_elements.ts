// The elements of some names in a small XML file of an archive, for lists such as a book's chapters.
import { parsed } from './xml.ts'
import type { Zip } from './zip.ts'

export interface XmlElement {
  /** as it was asked for */
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** all text within */
  readonly text: string
}

/**
 * In the order in which they begin; none where there is no such file.
 * @param names with their prefix, or without it for any
 * @param within only inside of an element of this name
 */
export async function elementsOf(
  zip: Zip,
  path: string,
  names: readonly string[],
  within?: string,
): Promise<readonly XmlElement[]> {
  if (!zip.has(path)) return []
  const found: { name: string; attributes: Readonly<Record<string, string>>; text: string }[] = []
  const open: (typeof found)[number][] = []
  let depth = within === undefined ? 1 : 0
  const nameOf = (name: string) =>
    names.find((wanted) => wanted === name || wanted === name.replace(/^.*:/, ''))
  const handler = {
    open(tag: string, attributes: Readonly<Record<string, string>>) {
      if (tag === within) depth += 1
      const name = depth > 0 ? nameOf(tag) : undefined
      if (name === undefined) return
      const element = { name, attributes, text: '' }
      found.push(element)
      open.push(element)
    },
    text(text: string) {
      for (const element of open) element.text += text
    },
    close(tag: string) {
      if (tag === within) depth -= 1
      if (open.at(-1)?.name === nameOf(tag)) open.pop()
    },
  }
  for await (const _ of parsed(zip.chunks(path), 'xml', handler, () => []));
  return found
}
