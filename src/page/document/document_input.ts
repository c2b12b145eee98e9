// Takes the document in: typed, pasted, dropped or picked. Only short texts stay in the text box; anything longer is
// held as a Blob and shown by its name and first words. A model's file among what is dropped or picked is passed on.
import { encodings, type FileOptions } from '../../index.ts'
import { errorCode, explain } from '../errors.ts'
import { openText, type DocumentText } from './document_text.ts'
import { filesOf, type GivenFile } from './dropped_files.ts'
import { sortGiven } from './given_files.ts'
import { firstWords } from './first_words.ts'
import { joinedFiles } from './joined_files.ts'
import type { Sample, SampleQuestion } from '../../tasks/sample.ts'
import type { PageStore } from '../state.ts'
import { savedEnding } from '../saved_ending.ts'
import { fromTemplate } from '../template.ts'
import html from './document.html?raw'
import { textBlob } from './text_blob.ts'
import * as texts from './texts.ts'

/** UTF-16 units that a text box still handles with ease */
const longestTyped = 60_000
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
  /** The same as if they were picked. */
  choose(files: readonly File[]): void
  offerSample(sample: Sample): void
  /** Whether there is a reading to go back to. */
  offerReturn(offered: boolean): void
  focus(): void
  focusRead(): void
}

export interface DocumentEvents {
  /** a model's files came where documents come */
  readonly model: (files: readonly File[]) => void
  /** so did a saved document */
  readonly saved: (file: File) => void
  /** documents or a model came, maybe while another document is open */
  readonly next: () => void
  /** the user wants the document read */
  readonly read: () => void
  /** the user wants it cut into passages, and no more */
  readonly skim: () => void
  readonly demonstrate: () => void
  /** back to what is read or being read */
  readonly back: () => void
}

export function createDocumentInput(
  place: HTMLSlotElement,
  store: PageStore,
  on: DocumentEvents,
): DocumentInput {
  const view = fromTemplate(html)
  const form = view.part('document-form', HTMLFormElement)
  const typed = view.part('document-typed', HTMLElement)
  const area = view.part('document-text', HTMLTextAreaElement)
  const card = view.part('document-file', HTMLElement)
  const nameLine = view.part('document-name', HTMLElement)
  const sizeLine = view.part('document-size', HTMLElement)
  const encodingRow = view.part('document-encoding-row', HTMLElement)
  const encodingSelect = view.part('document-encoding', HTMLSelectElement)
  const htmlRow = view.part('document-html-row', HTMLElement)
  const htmlSelect = view.part('document-html', HTMLSelectElement)
  const passwordRow = view.part('document-password-row', HTMLElement)
  const passwordField = view.part('document-password', HTMLInputElement)
  const unlockButton = view.part('document-unlock', HTMLButtonElement)
  const notesLine = view.part('document-notes', HTMLElement)
  const previewLine = view.part('document-preview', HTMLElement)
  const removeButton = view.part('document-remove', HTMLButtonElement)
  const complaint = view.part('document-complaint', HTMLElement)
  const readButton = view.part('read', HTMLButtonElement)
  const skimButton = view.part('skim', HTMLButtonElement)
  const skimNote = view.part('skim-note', HTMLElement)
  const pick = view.part('document-pick', HTMLInputElement)
  const sampleButton = view.part('try-sample', HTMLButtonElement)
  const backButton = view.part('return', HTMLButtonElement)
  const veil = view.part('drop-veil', HTMLElement)
  view.place(place)

  encodingSelect.append(...encodings.map((encoding) => new Option(encoding)))

  /** the files that the document is made of; none where it is text of the page */
  let chosenFiles: readonly File[] = []
  /** how the user wants them read */
  let fileOptions: FileOptions = {}
  /** what is being opened; another choice ends it */
  let opening = new AbortController()

  const chooseText = (name: string, blob: Promise<Blob>, sample?: Sample): void => {
    begin([], {})
    choose(name, open(name, blob, sample))
  }

  const chooseTyped = (text: string): void => chooseText(firstWords(text), textBlob(text))

  /** @param options chosen by the user; by default each file tells */
  const chooseDocuments = (files: readonly File[], options: FileOptions = {}): void => {
    begin(files, options)
    const [first] = files
    const name = files.length === 1 && first ? first.name : texts.files(files.length)
    nameLine.textContent = name
    sizeLine.textContent = texts.opening
    previewLine.textContent = notesLine.textContent = ''
    encodingRow.hidden = htmlRow.hidden = typed.hidden = true
    card.hidden = false
    choose(name, openFiles(name, files, options, opening.signal))
  }

  const begin = (files: readonly File[], options: FileOptions): void => {
    opening.abort()
    opening = new AbortController()
    chosenFiles = files
    fileOptions = options
    passwordRow.hidden = true
  }

  const choose = (name: string, opening: Promise<ChosenDocument | undefined>): void => {
    complaint.textContent = ''
    store.set({ document: opening })
    void opening.then(async (document) => {
      const preview = await document?.text.slice(0, previewUnits)
      if (store.get().document !== opening) return
      if (document === undefined) {
        empty()
        return
      }
      const { text } = document
      nameLine.textContent = name
      sizeLine.textContent = texts.size(text)
      previewLine.textContent = preview ?? ''
      encodingRow.hidden = chosenFiles.length === 0 || knowsItsEncoding(text)
      encodingSelect.value = text.encoding
      htmlRow.hidden = text.format !== 'html'
      htmlSelect.value = fileOptions.html ?? 'article'
      notesLine.textContent = text.notes.join(' ')
      notesLine.hidden = text.notes.length === 0
      typed.hidden = true
      card.hidden = false
    })
  }

  const open = async (
    name: string,
    blob: Promise<Blob>,
    sample?: Sample,
  ): Promise<ChosenDocument | undefined> => {
    try {
      const text = await openText(name, await blob, { format: 'text' })
      return { text, questions: sample?.questions ?? [], answered: sample?.allQuestions ?? [] }
    } catch (error) {
      complain(error)
      return undefined
    }
  }

  const openFiles = async (
    name: string,
    files: readonly File[],
    options: FileOptions,
    signal: AbortSignal,
  ): Promise<ChosenDocument | undefined> => {
    try {
      const text = await joinedFiles(name, files, options, signal)
      return { text, questions: [], answered: [] }
    } catch (error) {
      if (signal.aborted) return undefined
      complain(error)
      if (errorCode(error) === 'needs-password') askPassword()
      return undefined
    }
  }

  const askPassword = (): void => {
    passwordRow.hidden = false
    passwordField.value = ''
    passwordField.focus()
  }

  const unlock = (): void => {
    if (passwordField.value === '') return
    chooseDocuments(chosenFiles, { ...fileOptions, password: passwordField.value })
  }

  const empty = (): void => {
    store.set({ document: undefined })
    card.hidden = true
    typed.hidden = false
  }

  const complain = (error: unknown): void => {
    const { message, suggestion } = explain(error)
    complaint.textContent = `${message} ${suggestion}`
  }

  const chooseFiles = (files: readonly File[]): void =>
    chooseGiven(files.map((file) => ({ file, path: file.name })))

  const chooseGiven = (given: readonly GivenFile[]): void => {
    const isSaved = ({ path }: GivenFile): boolean => path.endsWith(savedEnding)
    const saved = given.find(isSaved)
    if (saved !== undefined) on.saved(saved.file)
    const { model, documents, unused } = sortGiven(given.filter((one) => !isSaved(one)))
    if (model.length > 0 || documents.length > 0) on.next()
    if (model.length > 0) on.model(model)
    if (documents.length > 0) chooseDocuments(documents)
    if (given.length === 0) complaint.textContent = texts.nothingGiven
    else if (unused.length > 0) complaint.textContent = texts.unused(unused)
  }

  /** Inside the event. */
  const take = (transfer: DataTransfer): void => {
    filesOf(transfer.items).then(chooseGiven, complain)
  }

  encodingSelect.addEventListener('change', () => {
    chooseDocuments(chosenFiles, { ...fileOptions, encoding: encodingSelect.value })
  })
  htmlSelect.addEventListener('change', () => {
    const html = htmlSelect.value === 'whole' ? 'whole' : 'article'
    chooseDocuments(chosenFiles, { ...fileOptions, html })
  })
  unlockButton.addEventListener('click', unlock)
  passwordField.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault() // the form would read
    unlock()
  })
  removeButton.addEventListener('click', () => {
    begin([], {})
    empty()
    area.focus()
  })
  area.addEventListener('paste', (event) => {
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    if (pasted.length + area.value.length <= longestTyped) return
    event.preventDefault()
    const before = area.value.slice(0, area.selectionStart)
    const after = area.value.slice(area.selectionEnd)
    chooseTyped(before + pasted + after)
  })
  area.addEventListener('input', () => {
    complaint.textContent = ''
    if (area.value.length > longestTyped) chooseTyped(area.value)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    on.read()
  })
  skimButton.addEventListener('click', on.skim)
  store.on(['settings'], ({ settings }) => {
    skimButton.hidden = skimNote.hidden = settings?.recall !== 'passages'
  })
  sampleButton.addEventListener('click', on.demonstrate)
  backButton.addEventListener('click', on.back)
  pick.addEventListener('change', () => {
    chooseFiles([...(pick.files ?? [])])
    pick.value = ''
  })

  const isShown = (): boolean => store.get().section === 'setup'
  /** Files are taken beside a document that is open too; text is not, which may be a part of that document. */
  const takesFiles = (): boolean => store.get().section !== 'training'

  // Anywhere on the page is a drop target, so that a near miss does not make the browser leave the page.
  addEventListener('dragover', (event) => {
    event.preventDefault()
    const types = event.dataTransfer?.types ?? []
    veil.hidden = !(isShown() ? types.length > 0 : takesFiles() && types.includes('Files'))
  })
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) veil.hidden = true
  })
  addEventListener('drop', (event) => {
    veil.hidden = true
    const { dataTransfer, target } = event
    const hasFiles = dataTransfer?.types.includes('Files') ?? false
    if (!hasFiles && target instanceof HTMLTextAreaElement) return
    event.preventDefault()
    if (dataTransfer === null) return
    const text = dataTransfer.getData('text/plain')
    if (hasFiles && takesFiles()) take(dataTransfer)
    else if (isShown() && text !== '') chooseTyped(text)
  })
  // Files that were copied on the desktop. Programs that copy text add a picture of it, which nobody means.
  addEventListener('paste', (event) => {
    const { clipboardData } = event
    if (!takesFiles() || clipboardData === null || clipboardData.files.length === 0) return
    if (clipboardData.types.includes('text/html')) return
    event.preventDefault()
    take(clipboardData)
  })

  return {
    async take() {
      complaint.textContent = ''
      const { document } = store.get()
      if (document !== undefined) return document
      if (area.value.trim() === '') {
        complaint.textContent = texts.noDocument
        area.focus()
        return undefined
      }
      return open(firstWords(area.value), textBlob(area.value))
    },
    choose: chooseFiles,
    offerSample(sample) {
      chooseText(texts.sample, textBlob(sample.text), sample)
    },
    offerReturn(offered) {
      backButton.hidden = !offered
    },
    focus() {
      if (!card.hidden) removeButton.focus()
      else area.focus()
    },
    focusRead: () => readButton.focus(),
  }
}

/** Whether the file says how its text is encoded, so that there is nothing to choose. */
function knowsItsEncoding({ format }: DocumentText): boolean {
  return ['pdf', 'docx', 'pptx', 'xlsx', 'odf', 'epub', 'rtf', 'mail'].includes(format)
}
