// The settings of the next load: the defaults for the model, and over them what the user changed.
import { needs, policyNames, policyTraits } from '../engine/policy_traits.ts'
import { settle, type Settings } from '../engine/settings.ts'
import { byId } from './elements.ts'
import { explain } from './errors.ts'
import { suitedTo, type Candidate } from './model_source.ts'

/** Settings that have a field in the form. */
type Shown = 'policy' | 'budget' | 'chunk' | 'stabilizers' | 'positions' | 'weights' | 'cache'

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
  const headsNote = byId('heads-note', HTMLElement)
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
  }
  selects.policy.replaceChildren(
    // no page picks a compressor yet
    ...policyNames
      .filter((name) => !needs(name, 'compressor'))
      .map((name) => new Option(policyTraits[name].keeps, name)),
  )
  let candidate: Candidate | undefined
  let wished: Wishes = {}
  let settled: Settings | undefined

  /** Settles the wishes; fields the user did not touch show what follows from those that were. */
  const update = (): void => {
    settled = undefined
    complaint.textContent = ''
    if (candidate === undefined) return
    const hasHeads = candidate.heads !== undefined
    try {
      settled = settle(wished as Partial<Settings>, candidate.description, hasHeads)
      fill(settled)
    } catch (error) {
      const { message } = explain(error)
      complaint.textContent = message
      fold.open = true
    }
    for (const option of selects.policy.options) {
      const policy = policyNames.find((name) => name === option.value)
      if (policy && needs(policy, 'retaining heads')) option.disabled = !hasHeads
    }
    note.textContent = hasHeads
      ? ''
      : 'Learned choosing needs retaining heads: add a file below, or train some.'
    headsNote.textContent = hasHeads
      ? `In use: ${candidate.heads?.name ?? ''}.`
      : 'Optional: a safetensors or PyTorch file trained for this model.'
    byId('heads-remove', HTMLElement).hidden = !hasHeads
  }

  const fill = (settings: Settings): void => {
    for (const [name, select] of Object.entries(selects)) {
      select.value = settings[name as keyof typeof selects]
    }
    for (const [name, input] of Object.entries(numbers)) {
      const value = String(settings[name as keyof typeof numbers])
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
      if (input.value === '' && settled) input.value = String(settled[name as keyof typeof numbers])
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
      if (next?.heads === undefined && wished.policy && needs(wished.policy, 'retaining heads'))
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
