// Takes the document in: typed, pasted, dropped or picked. Only short texts stay in the text box; anything longer is
// held as a Blob and shown by its name and first words. A model's file among what is dropped or picked is passed on.
import { byId, nextTask } from '../elements.ts'
import { explain } from '../errors.ts'
import { openText, type DocumentText } from './document_text.ts'
import { formatBytes, formatCount } from '../format.ts'
import type { Sample, SampleQuestion } from '../../tasks/sample.ts'

/** UTF-16 units that a text box still handles with ease */
const longestTyped = 60_000
const unitsPerBlob = 1_000_000
const previewUnits = 320

export interface ChosenDocument {
  readonly text: DocumentText
  /** what can be asked about it, when that is known */
  readonly questions: readonly SampleQuestion[]
  /** every question that it is known to answer */
  readonly answered: readonly SampleQuestion[]
}

export interface DocumentInput {
  /** The document to read; undefined when there is none, and the form then says why. */
  take(): Promise<ChosenDocument | undefined>
  offerSample(name: string, sample: Sample): void
  focus(): void
}

/** @param onModel told of a model's file that came the same way */
export function createDocumentInput(onModel: (file: File) => void): DocumentInput {
  const typed = byId('document-typed', HTMLElement)
  const area = byId('document-text', HTMLTextAreaElement)
  const card = byId('document-file', HTMLElement)
  const complaint = byId('document-complaint', HTMLElement)
  const pick = byId('document-pick', HTMLInputElement)
  const veil = byId('drop-veil', HTMLElement)
  /** what the card shows, or soon will; undefined while the text box counts */
  let chosen: Promise<ChosenDocument | undefined> | undefined

  const choose = (name: string, blob: Blob | Promise<Blob>, sample?: Sample): void => {
    complaint.textContent = ''
    const opening = open(name, blob, sample)
    chosen = opening
    void opening.then(async (document) => {
      const preview = await document?.text.slice(0, previewUnits)
      if (chosen !== opening) return
      if (document === undefined) {
        empty()
        return
      }
      const { text } = document
      byId('document-name', HTMLElement).textContent = name
      byId('document-size', HTMLElement).textContent =
        `${formatCount(text.length)} characters, ${formatBytes(text.blob.size)}`
      byId('document-preview', HTMLElement).textContent = preview ?? ''
      typed.hidden = true
      card.hidden = false
    })
  }

  const open = async (
    name: string,
    blob: Blob | Promise<Blob>,
    sample?: Sample,
  ): Promise<ChosenDocument | undefined> => {
    try {
      const text = await openText(name, await blob)
      return { text, questions: sample?.questions ?? [], answered: sample?.allQuestions ?? [] }
    } catch (error) {
      complain(error)
      return undefined
    }
  }

  const empty = (): void => {
    chosen = undefined
    card.hidden = true
    typed.hidden = false
  }

  const complain = (error: unknown): void => {
    const { message, suggestion } = explain(error)
    complaint.textContent = `${message} ${suggestion}`
  }

  const chooseFiles = (files: readonly File[]): void => {
    const model = files.find(isModel)
    if (model !== undefined) onModel(model)
    const texts = files.filter((file) => !isModel(file))
    const [first] = texts
    if (first === undefined) return
    if (texts.length === 1) choose(first.name, first)
    else choose(`${texts.length} files`, joinFiles(texts))
  }

  byId('document-remove', HTMLElement).addEventListener('click', () => {
    empty()
    area.focus()
  })
  area.addEventListener('paste', (event) => {
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    if (pasted.length + area.value.length <= longestTyped) return
    event.preventDefault()
    const before = area.value.slice(0, area.selectionStart)
    const after = area.value.slice(area.selectionEnd)
    choose('Pasted text', toBlob(before + pasted + after))
  })
  area.addEventListener('input', () => {
    complaint.textContent = ''
    if (area.value.length > longestTyped) choose('Typed text', toBlob(area.value))
  })
  pick.addEventListener('change', () => {
    chooseFiles([...(pick.files ?? [])])
    pick.value = ''
  })

  // Anywhere on the page is a drop target, so that a near miss does not make the browser leave the page.
  addEventListener('dragover', (event) => {
    event.preventDefault()
    veil.hidden = byId('setup', HTMLElement).hidden || event.dataTransfer?.types.length === 0
  })
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true
  })
  addEventListener('drop', (event) => {
    veil.hidden = true
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0 && event.target === area) return
    event.preventDefault()
    if (byId('setup', HTMLElement).hidden) return
    const text = event.dataTransfer?.getData('text/plain') ?? ''
    if (files.length > 0) chooseFiles(files)
    else if (text !== '') choose('Dropped text', toBlob(text))
  })

  return {
    async take() {
      complaint.textContent = ''
      if (chosen !== undefined) return chosen
      if (area.value.trim() === '') {
        complaint.textContent =
          'There is no document yet: paste some text, choose a file, or watch the demonstration.'
        area.focus()
        return undefined
      }
      return open('Typed text', toBlob(area.value))
    },
    offerSample(name, sample) {
      choose(name, toBlob(sample.text), sample)
    },
    focus() {
      if (!card.hidden) byId('document-remove', HTMLElement).focus()
      else area.focus()
    },
  }
}

function isModel({ name }: File): boolean {
  return name.toLowerCase().endsWith('.gguf')
}

/** A string as UTF-8, encoded a stretch at a time so that the page can answer in between. */
async function toBlob(text: string): Promise<Blob> {
  const parts: Blob[] = []
  for (let start = 0; start < text.length;) {
    const end = beforePair(text, start + unitsPerBlob)
    parts.push(new Blob([text.slice(start, end)]))
    start = end
    await nextTask()
  }
  return new Blob(parts)
}

/** The same offset, or one less where it would split a surrogate pair. */
function beforePair(text: string, offset: number): number {
  const last = text.charCodeAt(offset - 1)
  return offset < text.length && last >= 0xd800 && last <= 0xdbff ? offset - 1 : offset
}

/** Several files as one document, in order; each must be text. */
async function joinFiles(files: readonly File[]): Promise<Blob> {
  const parts: (Blob | string)[] = []
  for (const file of files) {
    const { blob } = await openText(file.name, file)
    if (parts.length > 0) parts.push('\n\n')
    parts.push(blob)
  }
  return new Blob(parts)
}
