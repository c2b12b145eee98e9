// The settings of the next load: the defaults for the model, and over them what the user changed.
import {
  needs,
  policyTraits,
  policyNames,
  type Settings,
  suitedTo,
  type Candidate,
} from '../../index.ts'
import { showCompanion } from './companion_field.ts'
import { byId } from '../elements.ts'
import { asSentence, explain } from '../errors.ts'
import { lacksFile, policyNote } from './policy_note.ts'
import { settleFor, wishesFor, type Shown, type Wishes } from './wishes.ts'

export interface SettingsForm {
  /** Starts from the defaults when the model is another one. */
  show(candidate: Candidate | undefined): void
  /** as a reading would have them; undefined while they cannot work together, and the form then says why */
  settings(): Settings | undefined
  /** what is asked of the engine: what the user chose, and what suits the model */
  wished(): Partial<Settings>
  /** As if the user had chosen it. */
  choosePolicy(policy: Settings['policy']): void
  open(): void
}

export function createSettingsForm(onChange: () => void): SettingsForm {
  const fold = byId('settings', HTMLDetailsElement)
  const complaint = byId('settings-complaint', HTMLElement)
  const note = byId('policy-note', HTMLElement)
  const selects = {
    policy: byId('set-policy', HTMLSelectElement),
    positions: byId('set-positions', HTMLSelectElement),
    weights: byId('set-weights', HTMLSelectElement),
    cache: byId('set-cache', HTMLSelectElement),
  }
  const numbers = {
    budget: byId('set-budget', HTMLInputElement),
    chunk: byId('set-chunk', HTMLInputElement),
    stabilizers: byId('set-stabilizers', HTMLInputElement),
    keptShare: byId('set-kept-share', HTMLInputElement),
    burst: byId('set-burst', HTMLInputElement),
  }
  const ofMerging = ['kept-share-field', 'burst-field'].map((id) => byId(id, HTMLElement))
  selects.policy.replaceChildren(
    ...policyNames.map((name) => new Option(policyTraits[name].keeps, name)),
  )
  let candidate: Candidate | undefined
  let wished: Wishes = {}
  let settled: Settings | undefined

  /** Settles the wishes; fields the user did not touch show what follows from those that were. */
  const update = (): void => {
    settled = undefined
    complaint.textContent = ''
    if (candidate === undefined) return
    try {
      settled = settleFor(candidate, wished)
      fill(settled)
    } catch (error) {
      const { message } = explain(error)
      complaint.textContent = message
      fold.open = true
    }
    for (const option of selects.policy.options) {
      const policy = policyNames.find((name) => name === option.value)
      option.disabled = policy !== undefined && lacksFile(candidate, policy)
    }
    const chosen = policyNames.find((name) => name === selects.policy.value)
    for (const field of ofMerging) field.hidden = !chosen || !needs(chosen, 'compressor')
    note.textContent = policyNote(candidate, settled)
    showCompanions(candidate)
  }

  const fill = (settings: Settings): void => {
    for (const [name, select] of Object.entries(selects)) {
      select.value = settings[name as keyof typeof selects]
    }
    for (const [name, input] of Object.entries(numbers)) {
      const value = shown(settings[name as keyof typeof numbers])
      if (input.value !== value && document.activeElement !== input) input.value = value
    }
  }

  const wish = (name: Shown, value: string | number | undefined): void => {
    wished = { ...wished, [name]: value }
    update()
    onChange()
  }
  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener('change', () => wish(name as Shown, select.value))
  }
  for (const [name, input] of Object.entries(numbers)) {
    // An emptied field wishes nothing; the default comes back when it is left.
    input.addEventListener('input', () => {
      wish(name as Shown, Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber)
    })
    input.addEventListener('change', () => {
      if (input.value === '' && settled) input.value = shown(settled[name as keyof typeof numbers])
    })
  }
  byId('settings-form', HTMLFormElement).addEventListener('submit', (event) =>
    event.preventDefault(),
  )
  byId('settings-reset', HTMLElement).addEventListener('click', () => {
    wished = {}
    update()
    onChange()
  })

  return {
    show(next) {
      if (next?.source !== candidate?.source && next !== undefined) wished = suitedTo(next)
      if (next && wished.policy && lacksFile(next, wished.policy))
        wished = { ...wished, policy: undefined }
      candidate = next
      update()
    },
    settings: () => settled,
    wished: () => (candidate === undefined ? {} : wishesFor(candidate, wished)),
    choosePolicy: (policy) => wish('policy', policy),
    open() {
      fold.open = true
      fold.scrollIntoView({ block: 'nearest' })
      selects.policy.focus()
    },
  }
}

function showCompanions({ heads, headsNote, compressor }: Candidate): void {
  showCompanion(
    'heads',
    heads
      ? asSentence(headsNote)
      : 'Optional: a safetensors or PyTorch file trained for this model.',
    heads !== undefined,
  )
  showCompanion(
    'compressor',
    compressor
      ? `At hand: ${compressor.name}, ${compressor.merged} merged slots, a convolution of size ${compressor.taps}.`
      : 'Optional: LoCoCo’s convolutions, a safetensors file trained for this model.',
    compressor !== undefined,
  )
}

/** Four decimals at most: a share that follows from slots may have many. */
function shown(value: number): string {
  return String(Number(value.toFixed(4)))
}
