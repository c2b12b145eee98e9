// The settings of the next load: the defaults for the model, and over them what the user changed.
import { mergedSlots } from '../engine/merging_shape.ts'
import { needs, policyNames, policyTraits } from '../engine/policy_traits.ts'
import { settle, type Settings } from '../engine/settings.ts'
import { requireMergedSlots } from '../model/compressor.ts'
import { showCompanion } from './companion_field.ts'
import { byId } from './elements.ts'
import { explain } from './errors.ts'
import { suitedTo, type Candidate } from './model_source.ts'
import { lacksFile, policyNote } from './policy_note.ts'

/** Settings that have a field in the form. */
type Shown =
  | 'policy'
  | 'budget'
  | 'chunk'
  | 'stabilizers'
  | 'keptShare'
  | 'burst'
  | 'positions'
  | 'weights'
  | 'cache'

type Wishes = { readonly [Name in Shown]?: Settings[Name] | undefined }

export interface SettingsForm {
  /** Starts from the defaults when the model is another one. */
  show(candidate: Candidate | undefined): void
  /** undefined while they cannot work together; the form then says why */
  settings(): Settings | undefined
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
    choosePolicy: (policy) => wish('policy', policy),
    open() {
      fold.open = true
      fold.scrollIntoView({ block: 'nearest' })
      selects.policy.focus()
    },
  }
}

/** Throws LongtabError when the wishes do not work together, or with the files beside the model. */
function settleFor({ description, heads, compressor }: Candidate, wished: Wishes): Settings {
  const merges = wished.policy !== undefined && needs(wished.policy, 'compressor')
  // a field that is not shown wishes nothing
  const asked = merges ? wished : { ...wished, keptShare: undefined, burst: undefined }
  const settings = settle(
    asked as Partial<Settings>,
    description,
    heads !== undefined,
    compressor?.merged,
  )
  const merged = mergedSlots(settings)
  if (compressor && merged > 0) requireMergedSlots(compressor, description, merged)
  return settings
}

function showCompanions({ heads, compressor }: Candidate): void {
  showCompanion(
    'heads',
    heads
      ? `In use: ${heads.name}.`
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
