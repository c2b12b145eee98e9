// The generated part of a page of the documentation, between two marks.
const begin = '<!-- made by npm run bench -- --peers -->'
const end = '<!-- end of what is made -->'

/** The page with a new section. Throws where the page has no marks. */
export function withSection(page: string, section: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`the page has no section between ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${section.trim()}\n\n${page.slice(to)}`
}
