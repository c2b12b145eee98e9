// The settings of the next load: the defaults for the model, and over them what the user changed.
import {
  needs,
  policyNames,
  suitedTo,
  type Candidate,
  type PolicyName,
  type Settings,
} from '../../index.ts'
import { allowedBytes } from '../cost/fit.ts'
import { explain } from '../errors.ts'
import type { PageStore } from '../state.ts'
import { createNumberField } from '../number_field.ts'
import { fromTemplate } from '../template.ts'
import { createCompanionField, type CompanionEvents } from './companion_field.ts'
import { settingOptions } from './options.ts'
import { lacksFile, policyNote } from './policy_note.ts'
import html from './settings.html?raw'
import * as texts from './texts.ts'
import { fieldsOf, resolveFor, type ChosenFields, type Fields } from './overrides.ts'

export interface SettingsForm {
  /** As if the user had chosen it. */
  choosePolicy(policy: PolicyName): void
  open(): void
}

export interface SettingsEvents {
  readonly heads: CompanionEvents
  readonly compressor: CompanionEvents
}

export function createSettingsForm(
  place: HTMLSlotElement,
  store: PageStore,
  on: SettingsEvents,
): SettingsForm {
  const view = fromTemplate(html)
  const { part } = view
  const fold = part('settings', HTMLDetailsElement)
  const form = part('settings-form', HTMLFormElement)
  const complaint = part('settings-complaint', HTMLElement)
  const note = part('policy-note', HTMLElement)
  const limit = part('cost-limit', HTMLElement)
  const reset = part('settings-reset', HTMLButtonElement)
  const selects = {
    policy: part('set-policy', HTMLSelectElement),
    positions: part('set-positions', HTMLSelectElement),
    recall: part('set-recall', HTMLSelectElement),
    weights: part('set-weights', HTMLSelectElement),
    cache: part('set-cache', HTMLSelectElement),
  }
  const numbers = {
    budget: createNumberField(view.slot('set-budget')),
    chunk: createNumberField(view.slot('set-chunk')),
    stabilizers: createNumberField(view.slot('set-stabilizers')),
    keptShare: createNumberField(view.slot('set-kept-share')),
    burst: createNumberField(view.slot('set-burst')),
  }
  const ofMerging = [
    part('set-kept-share-field', HTMLElement),
    part('set-burst-field', HTMLElement),
  ]
  for (const field of ofMerging) field.hidden = true // until a policy that merges is chosen
  const heads = createCompanionField(view.slot('heads'), 'heads', on.heads)
  const compressor = createCompanionField(view.slot('compressor'), 'compressor', on.compressor)
  view.place(place)

  for (const name of Object.keys(selects) as (keyof typeof selects)[]) {
    const options = settingOptions[name].map(([value, words]) => new Option(words, value))
    selects[name].replaceChildren(...options)
  }

  /** Resolves the settings; fields the user did not touch show what follows from those that were. */
  const resolve = (candidate: Candidate | undefined, chosen: ChosenFields): void => {
    complaint.textContent = ''
    const settings = candidate && resolved(candidate, chosen)
    if (settings) fill(settings)
    if (candidate) showFiles(candidate, settings)
    store.set({ chosen, settings })
  }

  const resolved = (candidate: Candidate, chosen: ChosenFields): Settings | undefined => {
    try {
      return resolveFor(candidate, chosen)
    } catch (error) {
      complaint.textContent = explain(error).message
      fold.open = true
      return undefined
    }
  }

  /** What can be chosen with the files that came with the model, and which files could come. */
  const showFiles = (candidate: Candidate, settings: Settings | undefined): void => {
    for (const option of selects.policy.options) {
      const policy = policyNames.find((name) => name === option.value)
      option.disabled = policy !== undefined && lacksFile(candidate, policy)
    }
    const chosen = policyNames.find((name) => name === selects.policy.value)
    for (const field of ofMerging) field.hidden = !chosen || !needs(chosen, 'compressor')
    note.textContent = policyNote(candidate, settings)
    heads.show(texts.heads(candidate), candidate.heads !== undefined)
    compressor.show(texts.compressor(candidate), candidate.compressor !== undefined)
  }

  const fill = (settings: Settings): void => {
    const fields = fieldsOf(settings)
    for (const [name, select] of Object.entries(selects)) {
      select.value = fields[name as keyof typeof selects]
    }
    for (const [name, input] of Object.entries(numbers)) {
      const value = shown(fields[name as keyof typeof numbers])
      if (input.value !== value && document.activeElement !== input) input.value = value
    }
  }

  /** chosen while the model is looked at, so for it */
  let early: ChosenFields = {}

  const override = (name: keyof Fields, value: string | number | undefined): void => {
    const { candidate, chosen } = store.get()
    if (candidate === undefined) early = { ...early, [name]: value }
    resolve(candidate, { ...chosen, [name]: value })
  }
  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener('change', () => override(name as keyof Fields, select.value))
  }
  for (const [name, input] of Object.entries(numbers)) {
    // An emptied field overrides nothing; the default comes back when it is left.
    input.addEventListener('input', () => {
      override(
        name as keyof Fields,
        Number.isNaN(input.valueAsNumber) ? undefined : input.valueAsNumber,
      )
    })
    input.addEventListener('change', () => {
      const { settings } = store.get()
      if (input.value === '' && settings)
        input.value = shown(fieldsOf(settings)[name as keyof typeof numbers])
    })
  }
  form.addEventListener('submit', (event) => event.preventDefault())
  reset.addEventListener('click', () => resolve(store.get().candidate, {}))

  store.on(['candidate'], ({ candidate, chosen }, before) => {
    // another model starts from its own defaults
    const isAnother = candidate !== undefined && candidate.source !== before.candidate?.source
    const kept: ChosenFields = isAnother ? { ...suitedTo(candidate).storage, ...early } : chosen
    early = {}
    const lacking = candidate && kept.policy && lacksFile(candidate, kept.policy)
    resolve(candidate, lacking ? { ...kept, policy: undefined } : kept)
  })
  store.on(['gpu'], ({ gpu }) => {
    limit.textContent = gpu === undefined ? '' : texts.bufferLimit(allowedBytes(gpu))
  })

  return {
    choosePolicy: (policy) => override('policy', policy),
    open() {
      fold.open = true
      fold.scrollIntoView({ block: 'nearest' })
      selects.policy.focus()
    },
  }
}

/** Four decimals at most: a share that follows from slots may have many. */
function shown(value: number): string {
  return String(Number(value.toFixed(4)))
}
