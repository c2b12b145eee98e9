// The shelf beside what is read: the way to a new document, and the documents that this browser keeps, each to be opened,
// exported as a file, or deleted. It lies open where there is room for it beside the rest.
import { make, makeButton } from '../elements.ts'
import { shelfBeside, wideEnough } from '../columns.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import {
  fileName,
  keptDocumentsFolder,
  openKeptDocuments,
  type KeptDocument,
  type KeptDocuments,
} from './kept_documents.ts'
import html from './library.html?raw'
import * as texts from './texts.ts'

export interface LibraryEvents {
  /** the user wants to go on with a document */
  readonly open: (file: File, title: string, id: string) => void
  readonly newDocument: () => void
  readonly failed: (error: unknown) => void
}

export interface Library {
  /** Looks again. */
  update(): Promise<void>
  /** Throws LongtabError, see KeptDocuments. @param id of the document whose place it takes */
  keep(file: Blob, id?: string): Promise<void>
  /** Opens one of the kept documents. */
  open(id: string): Promise<void>
  /** A saved document that came as a file: kept, and opened unless a reading is on the page. */
  take(file: File): Promise<void>
}

export function createLibrary(
  place: HTMLSlotElement,
  store: PageStore,
  on: LibraryEvents,
): Library {
  const view = fromTemplate(html)
  const shelf = view.part('shelf', HTMLElement)
  const newDocument = view.part('new-document', HTMLButtonElement)
  const fold = view.part('library', HTMLDetailsElement)
  const empty = view.part('library-empty', HTMLElement)
  const heading = view.part('library-heading', HTMLElement)
  const size = view.part('library-size', HTMLElement)
  const list = view.part('library-list', HTMLElement)
  const status = view.part('library-status', HTMLElement)
  const pick = view.part('library-pick', HTMLInputElement)
  view.place(place)

  let kept: readonly KeptDocument[] = []
  let opening: Promise<KeptDocuments> | undefined
  const documents = (): Promise<KeptDocuments> =>
    (opening ??= keptDocumentsFolder().then((folder) => openKeptDocuments(folder)))

  const say = (words: string): void => {
    status.textContent = words
    show()
  }
  /** A shelf that holds nothing stands beside a reading only, to say what it is for. */
  const show = (): void => {
    const { section } = store.get()
    const isBare = kept.length === 0 && status.textContent === ''
    newDocument.hidden = section !== 'session'
    shelf.hidden = section === 'training' || (section === 'setup' && isBare)
    shelf.classList.toggle('bare', isBare)
    empty.hidden = !isBare
    list.hidden = kept.length === 0
  }

  const open = async (document: KeptDocument): Promise<void> => {
    try {
      on.open(await (await documents()).open(document), document.title, document.id)
    } catch (error) {
      on.failed(error)
      await update()
    }
  }
  const remove = async ({ id, title }: KeptDocument): Promise<void> => {
    await (await documents()).remove(id).catch(on.failed)
    await update()
    say(texts.removed(title))
    pick.focus()
  }
  const exportFile = async (document: KeptDocument): Promise<void> => {
    try {
      download(await (await documents()).open(document), fileName(document.title))
    } catch (error) {
      on.failed(error)
    }
  }
  const row = (document: KeptDocument): Node => {
    const { title, isGone } = document
    const button = (words: string, act: () => void, kind = ''): HTMLButtonElement => {
      const made = makeButton(kind, words, act)
      made.setAttribute('aria-label', `${words}: ${title}`)
      return made
    }
    const buttons = isGone
      ? [button(texts.forget, () => void remove(document), 'quiet')]
      : [
          button(texts.openOf(document), () => void open(document)),
          button(texts.exported, () => void exportFile(document), 'quiet'),
          removeButton(button, () => void remove(document)),
        ]
    return make(
      'li',
      '',
      make('p', 'stored-name', title),
      make('p', 'soft', texts.facts(document)),
      ...(isGone ? [make('p', 'complaint', texts.gone)] : []),
      make('div', 'row', ...buttons),
    )
  }
  const update = async (): Promise<void> => {
    // where the browser keeps no files nothing is kept, and saving says why
    kept = await documents()
      .then((all) => all.list())
      .catch(() => [])
    heading.textContent = texts.heading(kept)
    size.textContent = texts.size(kept)
    list.replaceChildren(...kept.map(row))
    say('')
  }
  const add = async (file: Blob, id?: string): Promise<KeptDocument> => {
    const added = await (await documents()).keep(file, id)
    await update()
    return added
  }
  const keepAndOpen = async (file: File): Promise<void> => {
    const added = await add(file)
    say(texts.imported(added.title))
    await open(added)
  }
  const keepOnly = async (file: File): Promise<void> => {
    const { title } = await add(file)
    fold.open = true
    say(texts.importedBeside(title))
  }
  /** A file that is dropped asks for no more than to be kept: what is read now stays. */
  const take = (file: File): Promise<void> =>
    (store.get().section === 'session' ? keepOnly(file) : keepAndOpen(file)).catch(on.failed)

  pick.addEventListener('change', () => {
    const [file] = pick.files ?? []
    if (file) keepAndOpen(file).catch(on.failed)
    pick.value = ''
  })
  newDocument.addEventListener('click', on.newDocument)
  wideEnough(shelfBeside, (isWide) => (fold.open = isWide))
  store.on(['section'], show)
  return {
    update,
    async keep(file, id) {
      await add(file, id)
    },
    async open(id) {
      const found = kept.find((document) => document.id === id)
      if (found) await open(found)
    },
    take,
  }
}

/** Asks once more, in its own place, before what took long to read is gone. */
function removeButton(
  make: (words: string, act: () => void, kind: string) => HTMLButtonElement,
  remove: () => void,
): HTMLButtonElement {
  let isSure = false
  const button = make(
    texts.remove,
    () => {
      if (isSure) remove()
      else say(true)
    },
    'quiet',
  )
  const named = button.ariaLabel ?? ''
  const say = (sure: boolean): void => {
    isSure = sure
    const words = sure ? texts.removeForGood : texts.remove
    button.textContent = words
    button.ariaLabel = named.replace(texts.remove, words)
  }
  button.addEventListener('blur', () => say(false))
  return button
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // browsers begin a little later
}
