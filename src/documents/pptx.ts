// PowerPoint: the slides in the order of the presentation, with their notes, each slide a place.
import type { OpenFormat, Piece } from './format.ts'
import { relationsOf, titleOf } from './office_parts.ts'
import { parsed, type XmlHandler } from './xml.ts'
import { elementsOf } from './xml_elements.ts'
import { openZip, type Zip } from './zip.ts'

const presentation = 'ppt/presentation.xml'

export const open: OpenFormat = async (blob) => {
  const zip = await openZip(blob)
  const relations = await relationsOf(zip, presentation)
  const listed = (await elementsOf(zip, presentation, ['p:sldId'])).flatMap(({ attributes }) => {
    const path = relations.get(attributes['r:id'] ?? '')
    return path !== undefined && zip.has(path) ? [path] : []
  })
  const slides = [...new Set(listed)] // one that is listed thousands of times would be read as often
  let done = 0
  async function* pieces(): AsyncGenerator<Piece> {
    for (const path of slides) {
      done += 1
      yield { text: '', place: { kind: 'slide', value: done } }
      yield* paragraphs(zip, path)
      const notes = [...(await relationsOf(zip, path)).values()].find((to) =>
        to.includes('/notesSlides/'),
      )
      if (notes !== undefined && zip.has(notes)) yield* paragraphs(zip, notes)
      yield { text: '\n' }
    }
  }
  return {
    title: await titleOf(zip),
    pages: slides.length,
    share: () => done / Math.max(1, slides.length),
    pieces: pieces(),
  }
}

function paragraphs(zip: Zip, path: string): AsyncGenerator<Piece> {
  const text = new SlideText()
  return parsed(zip.chunks(path), 'xml', text, text.take)
}

class SlideText implements XmlHandler {
  #pieces: Piece[] = []
  #paragraph = ''
  #cells: string[] | undefined
  #cell = ''
  #inRun = false
  /** number and date of the slide itself */
  #inField = false

  readonly take = (): Piece[] => this.#pieces.splice(0)

  open(name: string): void {
    if (name === 'a:t') this.#inRun = true
    else if (name === 'a:fld') this.#inField = true
    else if (name === 'a:br') this.#paragraph += ' '
    else if (name === 'a:tr') this.#cells = []
    else if (name === 'a:tc') this.#cell = ''
  }

  text(text: string): void {
    if (this.#inRun && !this.#inField) this.#paragraph += text
  }

  close(name: string): void {
    if (name === 'a:t') this.#inRun = false
    else if (name === 'a:fld') this.#inField = false
    else if (name === 'a:tc') this.#cells?.push(this.#cell)
    else if (name === 'a:tr') {
      const row = (this.#cells ?? []).join(' | ')
      if (row.trim() !== '') this.#pieces.push({ text: `${row}\n` })
      this.#cells = undefined
    } else if (name === 'a:p') {
      const text = this.#paragraph.trim()
      this.#paragraph = ''
      if (text === '') return
      if (this.#cells === undefined) this.#pieces.push({ text: `${text}\n` })
      else this.#cell += this.#cell === '' ? text : ` ${text}`
    }
  }
}
