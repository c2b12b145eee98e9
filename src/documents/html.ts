// HTML: the article by Readability, or the whole page. Neither runs a script or fetches anything.
import type { Place } from '../api/places.ts'
import type { FormatOptions, FormatText, Piece } from './format.ts'
import { MarkupText } from './markup_text.ts'
import { decodedText, wholeText } from './text_chunks.ts'
import { oneChunk, parsed } from './xml.ts'

/** A page beyond this is read whole: its elements would take some thirty times its bytes. */
const mostArticleBytes = 2 ** 23

/** An article of fewer characters, or of a smaller share of the page's, is none. */
const leastCharacters = 250
const leastShare = 0.1

export async function open(blob: Blob, options: FormatOptions): Promise<FormatText> {
  const { source, about } = decodedText(blob, options)
  if (options.html === 'article' && blob.size <= mostArticleBytes) {
    const page = await wholeText(source.chunks)
    const article = await articleOf(page)
    const pieces =
      article === undefined ? piecesOf(oneChunk(page)) : piecesOf(oneChunk(article.html))
    const notes = [...about.notes(), ...(article === undefined ? [noArticle] : [articleAlone])]
    return { ...about, title: article?.title ?? titleOf(page), pieces, notes: () => notes }
  }
  return { ...about, pieces: piecesOf(source.chunks) }
}

const noArticle = 'No article was found in the page; all of its text was read.'
const articleAlone = 'The article was read; menus and other parts of the page were left out.'

/** The text of a page, each heading a place. */
export async function* piecesOf(chunks: AsyncIterable<string>): AsyncGenerator<Piece> {
  const text = new MarkupText({ placeOf: headingPlace })
  yield* parsed(chunks, 'html', text, text.take)
  yield* text.end()
  yield { text: '\n' }
}

function headingPlace(title: string): Place {
  return { kind: 'heading', value: title }
}

interface Article {
  readonly title: string | undefined
  readonly html: string
}

/** Elements in each other beyond which a page is read whole: the parser takes 4 s over 400 tables, and 22 s over 800. */
const deepest = 100

function isDeeper({ children }: Pick<Element, 'children'>, most: number): boolean {
  return most === 0 || Array.from(children).some((child) => isDeeper(child, most - 1))
}

async function articleOf(page: string): Promise<Article | undefined> {
  const [{ parseHTML }, { Readability }] = await Promise.all([
    import('linkedom'),
    import('@mozilla/readability'),
  ])
  const { document } = parseHTML(page)
  if (isDeeper(document.documentElement, deepest)) return undefined
  const all = document.body.textContent.length
  const found = new Readability(document).parse()
  const { content, textContent, title } = found ?? {}
  const length = textContent?.trim().length ?? 0
  if (!content || length < leastCharacters || length < leastShare * all) return undefined
  const name = title?.trim()
  const heading = name && !content.includes(name) ? `<h1>${escaped(name)}</h1>` : ''
  return { title: name || undefined, html: heading + content }
}

function titleOf(page: string): string | undefined {
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(page) ?? []
  return title.replace(/\s+/g, ' ').trim() || undefined
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
