// Takes the document in: typed, pasted, dropped or picked, one or several. Only short texts stay in the text box; anything longer
// is held as a Blob. A model's file among what is dropped or picked is passed on.
import type { Sample, SampleQuestion } from '../../tasks/sample.ts'
import { explain } from '../errors.ts'
import { savedEnding } from '../saved_ending.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import { createChosenCard, isLocked } from './chosen_card.ts'
import { createChosenFiles, isOpened, type ChosenFile } from './chosen_files.ts'
import html from './document.html?raw'
import { openText, type DocumentText } from './document_text.ts'
import { filesOf, type GivenFile } from './dropped_files.ts'
import { sortGiven } from './given_files.ts'
import { firstWords } from './first_words.ts'
import { takeWhatIsDropped } from './page_drop.ts'
import { textBlob } from './text_blob.ts'
import * as texts from './texts.ts'

/** UTF-16 units that a text box still handles with ease */
const longestTyped = 60_000

export interface ChosenDocument {
  readonly text: DocumentText
  /** what can be asked about it, when that is known */
  readonly questions: readonly SampleQuestion[]
  /** every question that it is known to answer */
  readonly answered: readonly SampleQuestion[]
}

export interface DocumentInput {
  /**
   * The documents to read: one, or several that are each to be kept. Empty where there is none, and the form then says why.
   */
  take(): Promise<readonly ChosenDocument[]>
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
  const complaint = view.part('document-complaint', HTMLElement)
  const readButton = view.part('read', HTMLButtonElement)
  const skimButton = view.part('skim', HTMLButtonElement)
  const skimNote = view.part('skim-note', HTMLElement)
  const pick = view.part('document-pick', HTMLInputElement)
  const pickLabel = view.part('document-pick-label', HTMLElement)
  const add = view.part('document-add', HTMLInputElement)
  const sampleButton = view.part('try-sample', HTMLButtonElement)
  const backButton = view.part('return', HTMLButtonElement)
  const veil = view.part('drop-veil', HTMLElement)

  const files = createChosenFiles(() => showFiles())
  /** a text of the page itself, or soon; undefined where files or the text box count */
  let ownText: Promise<ChosenDocument | undefined> | undefined
  /** the files as one text, once they were read so */
  let joined: { readonly of: readonly ChosenFile[]; readonly text: DocumentText } | undefined
  const card = createChosenCard(view, {
    move: (id, by) => files.move(id, by),
    remove(id) {
      complaint.textContent = ''
      files.remove(id)
    },
    reread(changes, which) {
      complaint.textContent = ''
      files.reopen(changes, which)
    },
    clear() {
      complaint.textContent = ''
      ownText = undefined
      files.clear()
      area.focus()
    },
    apart: () => showPurpose(),
  })
  view.place(place)

  const areApart = (): boolean => files.all().length > 1 && card.areApart()
  const showPurpose = (): void => {
    const count = areApart() ? files.all().filter(({ fault }) => fault === undefined).length : 1
    readButton.textContent = texts.read(count)
    skimButton.textContent = texts.skim(count)
  }
  const showCard = (): void => {
    typed.hidden = card.isShown()
    pickLabel.hidden = files.all().length > 1 // they are added to instead
    showPurpose()
  }
  const showFiles = (): void => {
    const all = files.all()
    const fault = faultOfOnly(all)
    if (fault !== undefined && !all.some(isLocked)) {
      files.clear() // the text box and the next file are as good as before
      complain(fault)
      return
    }
    card.showFiles(all, files.options(), files.notes())
    showCard()
    if (fault !== undefined) complain(fault)
  }

  const chooseText = (name: string, blob: Promise<Blob>, sample?: Sample): void => {
    complaint.textContent = ''
    const opening = open(name, blob, sample)
    files.clear()
    ownText = opening
    void opening.then((document) => {
      if (ownText !== opening) return
      if (document === undefined) ownText = undefined
      else card.showText(document.text)
      showCard()
    })
  }
  const chooseTyped = (text: string): void => chooseText(firstWords(text), textBlob(text))

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
  const complain = (error: unknown): void => {
    complaint.textContent = sentences(error)
  }

  /** @param isMore whether they come to those that are there; several that are there are never replaced by the way */
  const chooseGiven = (given: readonly GivenFile[], isMore = files.all().length > 1): void => {
    complaint.textContent = ''
    const isSaved = ({ path }: GivenFile): boolean => path.endsWith(savedEnding)
    const saved = given.find(isSaved)
    if (saved !== undefined) on.saved(saved.file)
    const { model, documents, unused } = sortGiven(given.filter((one) => !isSaved(one)))
    if (model.length > 0 || documents.length > 0) on.next()
    if (model.length > 0) on.model(model)
    if (documents.length > 0) {
      ownText = undefined
      if (!isMore) files.clear()
      files.add(documents)
    }
    if (given.length === 0) complaint.textContent = texts.nothingGiven
    else if (unused.length > 0) complaint.textContent = texts.unused(unused)
  }
  const chooseFiles = (chosen: readonly File[], isMore?: boolean): void =>
    chooseGiven(
      chosen.map((file) => ({ file, path: file.name })),
      isMore,
    )

  /** Those of the list that can be read. */
  const takeFiles = async (): Promise<readonly ChosenDocument[]> => {
    const all = await files.opened()
    const opened = all.filter(isOpened)
    if (opened.length === 0) {
      if (all.length > 1) complaint.textContent = texts.noneReadable(all.length)
      return [] // of a single file it is said why
    }
    try {
      const { apartFiles, joinedFiles } = await import('./joined_files.ts')
      if (areApart()) return apartFiles(opened).map(unasked)
      // the same list is the same document, whose answers stay when it is read again
      if (joined?.of !== all) joined = { of: all, text: await joinedFiles(opened) }
      return [unasked(joined.text)]
    } catch (error) {
      complain(error)
      return []
    }
  }

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
  add.addEventListener('change', () => {
    chooseFiles([...(add.files ?? [])], true)
    add.value = ''
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
  takeWhatIsDropped(veil, {
    takesText: () => store.get().section === 'setup',
    takesFiles: () => store.get().section !== 'training',
    files: (transfer) => void filesOf(transfer.items).then((given) => chooseGiven(given), complain),
    text(text) {
      if (isAddress(text)) complaint.textContent = texts.address
      else chooseTyped(text)
    },
  })

  return {
    async take() {
      if (files.all().length > 0) return takeFiles()
      complaint.textContent = ''
      const isEmpty = ownText === undefined && area.value.trim() === ''
      if (isEmpty || (ownText === undefined && isAddress(area.value))) {
        complaint.textContent = isEmpty ? texts.noDocument : texts.address
        area.focus()
        return []
      }
      const document = await (ownText ?? open(firstWords(area.value), textBlob(area.value)))
      return document === undefined ? [] : [document]
    },
    choose: (chosen) => chooseFiles(chosen),
    offerSample(sample) {
      chooseText(texts.sample, textBlob(sample.text), sample)
    },
    offerReturn(offered) {
      backButton.hidden = !offered
    },
    focus() {
      if (card.isShown()) card.focus()
      else area.focus()
    },
    focusRead: () => readButton.focus(),
  }
}

/** Nothing is known of what can be asked. */
function unasked(text: DocumentText): ChosenDocument {
  return { text, questions: [], answered: [] }
}

/** Why the only file cannot be read. */
function faultOfOnly([only, ...others]: readonly ChosenFile[]): unknown {
  return others.length === 0 ? only?.fault : undefined
}

function sentences(error: unknown): string {
  const { message, suggestion } = explain(error)
  return `${message} ${suggestion}`
}

/** Whether a text is the address of something, and nothing else. */
function isAddress(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim())
}
