// Chooses the model: from the list, by name or address, or from files. Looks at each choice; what it finds is the candidate.
import { builtInModel } from './built_in.ts'
import { make } from '../elements.ts'
import { explain } from '../errors.ts'
import { renderCard } from './model_card.ts'
import { createFilePicker } from './file_picker.ts'
import {
  inspectModel,
  inspectPreset,
  measureDevice,
  officialHeads,
  withCompressor,
  withHeads,
  type Candidate,
  type Preset,
  type AccessOptions,
  type ModelSource,
  type StoredModel,
} from '../../index.ts'
import { createNameForm } from './name_form.ts'
import { createOfferList } from './offer_list.ts'
import type { Listed } from './offer_rows.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import html from './model.html?raw'
import * as texts from './texts.ts'

export interface ModelPicker {
  /** the model to load once looking has ended; undefined when there is none */
  ready(): Promise<Candidate | undefined>
  /** Looks at the choice, at the start and after a problem. */
  look(): void
  /** Adds retaining heads, a file or by name; throws LongtabError when they do not fit. */
  addHeads(file: File | string): Promise<void>
  removeHeads(): void
  /** The same with a compressor. */
  addCompressor(file: File | string): Promise<void>
  removeCompressor(): void
  /** The real model to begin with; undefined where this device holds none. */
  firstChoice(): Preset | undefined
  /** Chooses one of the list. */
  useListed(listed: Listed): void
  /** Chooses files of the user's own. */
  useFiles(files: readonly File[]): void
  /** Chooses a model that this browser keeps. */
  use(stored: Pick<StoredModel, 'source' | 'revision'>): void
  focus(): void
}

type Kind = 'listed' | 'url' | 'folder'

/** Finds out about a choice. */
type Inspection = (signal: AbortSignal) => Promise<Candidate>

export function createModelPicker(place: HTMLSlotElement, store: PageStore): ModelPicker {
  const view = fromTemplate(html, texts.modelFiles)
  const about = view.part('model-about', HTMLElement)
  const forms = {
    listed: view.part('offers-fold', HTMLElement),
    url: view.part('model-url-form', HTMLFormElement),
    folder: view.part('model-folder-form', HTMLElement),
  }
  const radios = (['listed', 'url', 'folder'] as const).map((value) =>
    view.part(`model-${value}-kind`, HTMLInputElement),
  )
  const offers = createOfferList(
    view,
    store,
    () => measureDevice(navigator.gpu),
    () => {
      if (kind === 'listed') lookAgain()
    },
  )
  const byName = createNameForm(view, () => lookAgain())
  const files = createFilePicker(view, () => lookAgain())
  view.place(place)
  let kind: Kind = 'listed'
  let looking = new AbortController()
  let looked: Promise<void> = Promise.resolve()

  const look = async (inspect: Inspection | undefined): Promise<void> => {
    looking.abort()
    looking = new AbortController()
    const { signal } = looking
    store.set({ candidate: undefined })
    if (inspect === undefined) {
      about.replaceChildren()
      return
    }
    about.replaceChildren(make('p', 'soft', texts.looking))
    try {
      const plain = await inspect(signal)
      const { candidate, complaint } = await withOfficialHeads(plain, signal)
      if (signal.aborted) return
      const details = kind === 'listed' ? offers.details() : ''
      about.replaceChildren(...describeCandidate(candidate, details), ...complaint)
      store.set({ candidate })
    } catch (error) {
      if (signal.aborted) return
      const { title, message, suggestion } = explain(error)
      const words = [make('strong', '', title), make('p', '', message), make('p', '', suggestion)]
      about.replaceChildren(make('div', 'complaint', ...words))
    }
  }

  const inspectAt =
    (source: ModelSource, access: AccessOptions): Inspection =>
    (signal) =>
      inspectModel(source, access, signal)
  const inspections: Record<Kind, () => Inspection | undefined> = {
    listed() {
      const listed = offers.chosen()
      return listed === 'demonstration'
        ? inspectAt(builtInModel(), { keep: false }) // it lies beside the page
        : (signal) => inspectPreset(listed, signal)
    },
    url: () => (byName.name() === '' ? undefined : inspectAt(byName.name(), byName.access())),
    folder: () =>
      files.files().length === 0 ? undefined : inspectAt(files.files(), { keep: false }),
  }
  const lookAgain = (): void => {
    looked = look(inspections[kind]())
  }
  const choose = (chosen: Kind): void => {
    kind = chosen
    for (const each of ['listed', 'url', 'folder'] as const) forms[each].hidden = each !== kind
  }

  const check = (chosen: Kind): void => {
    for (const radio of radios) radio.checked = radio.value === chosen
    choose(chosen)
  }
  for (const radio of radios) {
    radio.addEventListener('change', () => {
      choose(radio.value as Kind)
      lookAgain()
    })
    // not for who goes through the choices by the arrow keys
    radio.addEventListener('click', ({ detail }) => {
      if (detail > 0 && kind === 'url' && byName.name() === '') byName.focus()
    })
  }

  const add = async (join: typeof withHeads, file: File | string): Promise<void> => {
    const { signal } = looking
    const plain = store.get().candidate
    if (plain === undefined) return
    const candidate = await join(plain, file, signal)
    if (!signal.aborted) store.set({ candidate })
  }

  return {
    async ready() {
      await looked
      return store.get().candidate
    },
    look: lookAgain,
    addHeads: (file) => add(withHeads, file),
    removeHeads() {
      const { candidate } = store.get()
      if (candidate !== undefined)
        store.set({ candidate: { ...candidate, heads: undefined, headsNote: texts.noHeads } })
    },
    addCompressor: (file) => add(withCompressor, file),
    removeCompressor() {
      const { candidate } = store.get()
      if (candidate !== undefined) store.set({ candidate: { ...candidate, compressor: undefined } })
    },
    firstChoice: () => offers.firstChoice(),
    useListed(listed) {
      check('listed')
      offers.choose(listed)
      lookAgain()
    },
    useFiles(given) {
      check('folder')
      files.choose(given)
    },
    use({ source, revision }) {
      check('url')
      byName.choose(source, revision)
    },
    focus() {
      if (kind === 'listed') {
        offers.focus()
        return
      }
      const chosen = radios.find((radio) => radio.checked)
      chosen?.focus()
      chosen?.scrollIntoView({ block: 'center' })
    },
  }
}

/** Official heads that cannot be had are told of and done without. */
async function withOfficialHeads(
  candidate: Candidate,
  signal: AbortSignal,
): Promise<{ candidate: Candidate; complaint: Node[] }> {
  const heads = candidate.heads === undefined ? officialHeads(candidate) : undefined
  if (heads === undefined) return { candidate, complaint: [] }
  try {
    return { candidate: await withHeads(candidate, heads, signal), complaint: [] }
  } catch (error) {
    const { message } = explain(error)
    return { candidate, complaint: [make('p', 'soft', texts.withoutOfficialHeads(message))] }
  }
}

/** @param details what the list says of it */
function describeCandidate({ name, card, description }: Candidate, details: string): Node[] {
  const title = make('h3', 'model-name', name)
  if (card?.untrained === true) title.append(make('span', 'badge', texts.untrained))
  return [
    title,
    ...(card === undefined ? [] : renderCard(card)),
    ...(details === '' ? [] : [make('p', 'soft', details)]),
    make('p', 'soft shape', texts.shape(description)),
  ]
}
