// Chooses the model: built in, by name or address, or from files. Looks at each choice and tells the page what it found.
import { byId, make } from './elements.ts'
import { explain } from './errors.ts'
import { formatCount } from './format.ts'
import { renderCard } from './model_card.ts'
import { createFilePicker } from './file_picker.ts'
import {
  builtInModel,
  inspectModel,
  officialHeads,
  withCompressor,
  withHeads,
  type Candidate,
} from './model_source.ts'
import { createNameForm } from './name_form.ts'
import type { AccessOptions, ModelSource, StoredModel } from '../api.ts'

export interface ModelPicker {
  /** the model to load; undefined while looking or when there is none */
  candidate(): Candidate | undefined
  /** the same, once looking has ended */
  ready(): Promise<Candidate | undefined>
  /** Looks at the choice, at the start and after a problem. */
  look(): void
  /** Adds retaining heads, a file or by name; throws LongtabError when they do not fit. */
  addHeads(file: File | string): Promise<void>
  removeHeads(): void
  /** The same with a compressor. */
  addCompressor(file: File | string): Promise<void>
  removeCompressor(): void
  /** Chooses a model that this browser keeps. */
  use(stored: StoredModel): void
  focus(): void
}

type Kind = 'built-in' | 'url' | 'folder'

export function createModelPicker(
  onChange: (candidate: Candidate | undefined) => void,
): ModelPicker {
  const about = byId('model-about', HTMLElement)
  const forms = {
    url: byId('model-url-form', HTMLFormElement),
    folder: byId('model-folder-form', HTMLElement),
  }
  const byName = createNameForm(() => lookAgain())
  const files = createFilePicker(() => lookAgain())
  const radios = [...document.querySelectorAll<HTMLInputElement>('input[name="model"]')]
  let kind: Kind = 'built-in'
  let looking = new AbortController()
  let looked: Promise<void> = Promise.resolve()
  let found: Candidate | undefined

  const settleOn = (candidate: Candidate | undefined): void => {
    found = candidate
    onChange(candidate)
  }

  const look = async (source: ModelSource | undefined, access: AccessOptions): Promise<void> => {
    looking.abort()
    looking = new AbortController()
    const { signal } = looking
    settleOn(undefined)
    if (source === undefined) {
      about.replaceChildren()
      return
    }
    about.replaceChildren(make('p', 'soft', 'Looking at the model…'))
    try {
      const plain = await inspectModel(source, access, signal)
      const { candidate, complaint } = await withOfficialHeads(plain, signal)
      if (signal.aborted) return
      about.replaceChildren(...describeCandidate(candidate), ...complaint)
      settleOn(candidate)
    } catch (error) {
      if (signal.aborted) return
      const { title, message, suggestion } = explain(error)
      const words = [make('strong', '', title), make('p', '', message), make('p', '', suggestion)]
      about.replaceChildren(make('div', 'complaint', ...words))
    }
  }

  const sourceOf: Record<Kind, () => ModelSource | undefined> = {
    'built-in': () => builtInModel(),
    url: () => (byName.name() === '' ? undefined : byName.name()),
    folder: () => (files.files().length > 0 ? files.files() : undefined),
  }
  const lookAgain = (): void => {
    // the built-in model lies beside the page
    const access = kind === 'url' ? byName.access() : { keep: false }
    looked = look(sourceOf[kind](), access)
  }
  const choose = (chosen: Kind): void => {
    kind = chosen
    forms.url.hidden = kind !== 'url'
    forms.folder.hidden = kind !== 'folder'
  }

  for (const radio of radios) {
    radio.addEventListener('change', () => {
      choose(radio.value as Kind)
      lookAgain()
      if (kind === 'url' && byName.name() === '') byName.focus()
    })
  }

  const add = async (join: typeof withHeads, file: File | string): Promise<void> => {
    const { signal } = looking
    if (found === undefined) return
    const candidate = await join(found, file, signal)
    if (!signal.aborted) settleOn(candidate)
  }

  return {
    candidate: () => found,
    async ready() {
      await looked
      return found
    },
    look: lookAgain,
    addHeads: (file) => add(withHeads, file),
    removeHeads() {
      if (found !== undefined)
        settleOn({ ...found, heads: undefined, headsNote: 'no retaining heads' })
    },
    addCompressor: (file) => add(withCompressor, file),
    removeCompressor() {
      if (found !== undefined) settleOn({ ...found, compressor: undefined })
    },
    use({ source, revision }) {
      for (const radio of radios) radio.checked = radio.value === 'url'
      choose('url')
      byName.choose(source, revision)
    },
    focus() {
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
    return { candidate, complaint: [make('p', 'soft', `Without its official heads: ${message}`)] }
  }
}

function describeCandidate({ name, card, description }: Candidate): Node[] {
  const { layers, kvHeads, headSize, vocabulary, maxPositions } = description
  const shape = `${layers} layers, ${kvHeads} key-value heads of ${headSize}, ${formatCount(vocabulary)} tokens known, trained for ${formatCount(maxPositions)} positions`
  const title = make('h3', 'model-name', name)
  if (card?.untrained === true) title.append(make('span', 'badge', 'not trained'))
  return [title, ...(card === undefined ? [] : renderCard(card)), make('p', 'soft shape', shape)]
}
