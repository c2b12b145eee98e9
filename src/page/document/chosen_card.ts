// What was chosen, in place of the text box: a text by its first words, or files as a list, and how they are read.
import { encodings, type FileOptions } from '../../index.ts'
import { errorCode } from '../errors.ts'
import type { Parts } from '../template.ts'
import { isOpened, titleOf, type ChosenFile } from './chosen_files.ts'
import type { DocumentText } from './document_text.ts'
import type { SeveralEvents, SeveralView } from './several_view.ts'
import * as texts from './texts.ts'

const previewUnits = 320

export interface ChosenCard {
  /** Nothing is chosen. */
  hide(): void
  /** A text of the page itself. */
  showText(text: DocumentText): void
  showFiles(files: readonly ChosenFile[], options: FileOptions, notes: readonly string[]): void
  /** Whether each of several files is to be a document of its own. */
  areApart(): boolean
  isShown(): boolean
  focus(): void
}

export interface ChosenCardEvents extends SeveralEvents {
  /** the user says how files are read */
  readonly reread: (changes: FileOptions, which: (file: ChosenFile) => boolean) => void
  readonly clear: () => void
}

export function createChosenCard({ part, slot }: Parts, on: ChosenCardEvents): ChosenCard {
  const card = part('document-file', HTMLElement)
  const nameLine = part('document-name', HTMLElement)
  const sizeLine = part('document-size', HTMLElement)
  const encodingRow = part('document-encoding-row', HTMLElement)
  const encodingSelect = part('document-encoding', HTMLSelectElement)
  const htmlRow = part('document-html-row', HTMLElement)
  const htmlSelect = part('document-html', HTMLSelectElement)
  const passwordRow = part('document-password-row', HTMLElement)
  const passwordLabel = part('document-password-label', HTMLElement)
  const passwordField = part('document-password', HTMLInputElement)
  const unlockButton = part('document-unlock', HTMLButtonElement)
  const notesLine = part('document-notes', HTMLElement)
  const previewLine = part('document-preview', HTMLElement)
  const removeButton = part('document-remove', HTMLButtonElement)
  const addLabel = part('document-add-label', HTMLElement)
  const severalPlace = slot('document-several')

  encodingSelect.append(...encodings.map((encoding) => new Option(encoding)))

  /** files that are shown as a list; their view is fetched for the first */
  let listed: readonly ChosenFile[] = []
  let several: SeveralView | undefined
  let fetched: Promise<void> | undefined

  const showList = (files: readonly ChosenFile[]): void => {
    listed = files
    several?.show(files)
    if (files.length > 0) fetched ??= fetchSeveral()
  }
  const fetchSeveral = async (): Promise<void> => {
    const { createSeveralView } = await import('./several_view.ts')
    several = createSeveralView(severalPlace, on)
    several.show(listed)
  }

  /** the text whose first words are shown */
  let previewed: DocumentText | undefined

  const preview = async (text: DocumentText | undefined): Promise<void> => {
    if (text === previewed) return
    previewed = text
    previewLine.textContent = ''
    const words = (await text?.slice(0, previewUnits)) ?? ''
    if (previewed === text) previewLine.textContent = words
  }

  /** Asks for the password of the first file that is locked. */
  const showLocked = (files: readonly ChosenFile[]): void => {
    const locked = files.find(isLocked)
    const wasHidden = passwordRow.hidden
    passwordRow.hidden = locked === undefined
    if (locked === undefined) return
    passwordLabel.textContent = texts.passwordOf(files.length > 1 ? titleOf(locked) : undefined)
    if (!wasHidden) return
    passwordField.value = ''
    passwordField.focus()
  }
  const unlock = (): void => {
    const password = passwordField.value
    if (password === '') return
    passwordRow.hidden = true
    on.reread({ password }, isLocked)
  }

  encodingSelect.addEventListener('change', () =>
    on.reread({ encoding: encodingSelect.value }, hasEncoding),
  )
  htmlSelect.addEventListener('change', () => {
    on.reread({ html: htmlSelect.value === 'whole' ? 'whole' : 'article' }, isHtml)
  })
  unlockButton.addEventListener('click', unlock)
  passwordField.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault() // the form would read
    unlock()
  })
  removeButton.addEventListener('click', on.clear)

  const hide = (): void => {
    card.hidden = passwordRow.hidden = true
    showList([])
  }
  const showAlone = (name: string, text: DocumentText | undefined): void => {
    card.hidden = false
    showList([])
    nameLine.textContent = name
    sizeLine.hidden = false
    sizeLine.textContent = text === undefined ? texts.opening : texts.size(text)
    removeButton.textContent = texts.another
    previewLine.hidden = false
    void preview(text)
  }
  const showSeveral = (files: readonly ChosenFile[]): void => {
    card.hidden = false
    nameLine.textContent = texts.files(files.length)
    removeButton.textContent = texts.removeAll
    sizeLine.hidden = previewLine.hidden = true
    void preview(undefined)
    showList(files)
  }

  return {
    hide,
    showText(text) {
      showAlone(text.name, text)
      notesLine.hidden = encodingRow.hidden = htmlRow.hidden = passwordRow.hidden = true
      addLabel.hidden = true
    },
    showFiles(files, options, notes) {
      const [first] = files
      const opened = files.filter(isOpened)
      if (first === undefined) hide()
      else if (files.length > 1) showSeveral(files)
      else if (first.fault === undefined) showAlone(first.file.name, first.text)
      else hide() // why is said beside the text box
      showLocked(files)
      addLabel.hidden = false
      const encoded = files.find(hasEncoding)?.text
      encodingRow.hidden = encoded === undefined
      encodingSelect.value = encoded?.encoding ?? ''
      htmlRow.hidden = !files.some(isHtml)
      htmlSelect.value = options.html ?? 'article'
      notesLine.textContent = [...notes, ...texts.notesOf(opened)].join(' ')
      notesLine.hidden = notesLine.textContent === ''
    },
    areApart: () => several?.areApart() === true,
    isShown: () => !card.hidden,
    focus: () => removeButton.focus(),
  }
}

export function isLocked({ fault }: ChosenFile): boolean {
  return errorCode(fault) === 'needs-password'
}

function isHtml({ text }: ChosenFile): boolean {
  return text?.format === 'html'
}

/** Formats that say how their text is encoded, so that there is nothing to choose. */
const selfDescribed = ['pdf', 'docx', 'pptx', 'xlsx', 'odf', 'epub', 'rtf', 'mail', 'zip']

function hasEncoding({ text }: ChosenFile): boolean {
  return text !== undefined && !selfDescribed.includes(text.format)
}
