// Chooses the model: built in, at an address, or a folder. Looks at each choice and tells the page what it found.
import { byId, make } from './elements.ts'
import { explain } from './errors.ts'
import { formatCount } from './format.ts'
import { renderCard } from './model_card.ts'
import { builtInModel, inspectModel, withHeads, type Candidate } from './model_source.ts'
import type { ModelSource } from '../api.ts'

export interface ModelPicker {
  /** the model to load; undefined while looking or when there is none */
  candidate(): Candidate | undefined
  /** the same, once looking has ended */
  ready(): Promise<Candidate | undefined>
  /** Looks at the choice, at the start and after a problem. */
  look(): void
  /** Adds retaining heads; throws LongtabError when they do not fit. */
  addHeads(file: File): Promise<void>
  removeHeads(): void
  focus(): void
}

type Kind = 'built-in' | 'url' | 'folder'

export function createModelPicker(
  onChange: (candidate: Candidate | undefined) => void,
): ModelPicker {
  const about = byId('model-about', HTMLElement)
  const urlForm = byId('model-url-form', HTMLFormElement)
  const url = byId('model-url', HTMLInputElement)
  const folderForm = byId('model-folder-form', HTMLElement)
  const folder = byId('model-folder', HTMLInputElement)
  const radios = [...document.querySelectorAll<HTMLInputElement>('input[name="model"]')]
  let kind: Kind = 'built-in'
  let looking = new AbortController()
  let looked: Promise<void> = Promise.resolve()
  let found: Candidate | undefined

  const settleOn = (candidate: Candidate | undefined): void => {
    found = candidate
    onChange(candidate)
  }

  const look = async (source: ModelSource | undefined): Promise<void> => {
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
      const candidate = await inspectModel(source, signal)
      if (signal.aborted) return
      about.replaceChildren(...describeCandidate(candidate))
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
    url: () => (url.value.trim() === '' ? undefined : url.value.trim()),
    folder: () => (folder.files?.length ? [...folder.files] : undefined),
  }
  const lookAgain = (): void => {
    looked = look(sourceOf[kind]())
  }

  for (const radio of radios) {
    radio.addEventListener('change', () => {
      kind = radio.value as Kind
      urlForm.hidden = kind !== 'url'
      folderForm.hidden = kind !== 'folder'
      lookAgain()
      if (kind === 'url' && url.value === '') url.focus()
    })
  }
  urlForm.addEventListener('submit', (event) => {
    event.preventDefault()
    lookAgain()
  })
  folder.addEventListener('change', lookAgain)

  return {
    candidate: () => found,
    async ready() {
      await looked
      return found
    },
    look: lookAgain,
    async addHeads(file) {
      const { signal } = looking
      if (found === undefined) return
      const candidate = await withHeads(found, file, signal)
      if (!signal.aborted) settleOn(candidate)
    },
    removeHeads() {
      if (found !== undefined) settleOn({ ...found, heads: undefined })
    },
    focus() {
      const chosen = radios.find((radio) => radio.checked)
      chosen?.focus()
      chosen?.scrollIntoView({ block: 'center' })
    },
  }
}

function describeCandidate({ name, card, description }: Candidate): Node[] {
  const { layers, kvHeads, headSize, vocabulary, maxPositions } = description
  const shape = `${layers} layers, ${kvHeads} key-value heads of ${headSize}, ${formatCount(vocabulary)} tokens known, trained for ${formatCount(maxPositions)} positions`
  const title = make('h3', 'model-name', name)
  if (card?.untrained === true) title.append(make('span', 'badge', 'not trained'))
  return [title, ...(card === undefined ? [] : renderCard(card)), make('p', 'soft shape', shape)]
}
