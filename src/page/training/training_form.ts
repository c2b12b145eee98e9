// The choices of a training, and the GPU memory it will take, before anything is allocated.
import {
  labelKinds,
  type TrainingSettings,
  requireTrainingFit,
  estimateTrainingBytes,
  defaultTrainingSettings,
  totalBytes,
} from '../../index.ts'
import { createBytesBar } from '../cost/bytes_bar.ts'
import { allowedBytes } from '../cost/fit.ts'
import { make } from '../elements.ts'
import { explain } from '../errors.ts'
import { formatBytes } from '../format.ts'
import type { GpuSupport } from '../gpu_support.ts'
import { resolveChoices, widthsFor, type Choices } from './choices.ts'
import { createNumberField } from '../number_field.ts'
import { fromTemplate } from '../template.ts'
import * as texts from './texts.ts'
import html from './training_form.html?raw'
import type { TrainingTarget } from './training_run.ts'

/** What the form says, when it can be trained with. */
export interface Chosen {
  readonly settings: TrainingSettings
  readonly data: File | undefined
}

export interface TrainingForm {
  /** Starts from the defaults when the model is another one. */
  show(target: TrainingTarget, gpu: GpuSupport | undefined): void
  /** While a training runs its choices are only to be read. */
  lock(locked: boolean): void
  focus(): void
}

export function createTrainingForm(
  place: HTMLSlotElement,
  onChange: (settings: TrainingSettings) => void,
  onStart: (chosen: Chosen) => void,
): TrainingForm {
  const view = fromTemplate(html)
  const { part } = view
  const form = part('training-form', HTMLFormElement)
  const fields = part('training-choices', HTMLFieldSetElement)
  const madeUpData = part('training-data-made-up', HTMLInputElement)
  const ownData = part('training-data-own', HTMLInputElement)
  const ownDataField = part('training-own', HTMLElement)
  const dataName = part('training-data-name', HTMLElement)
  const pick = part('training-data-pick', HTMLInputElement)
  const labelNote = part('training-label-note', HTMLElement)
  const complaint = part('training-complaint', HTMLElement)
  const width = part('training-width', HTMLSelectElement)
  const total = part('training-cost-total', HTMLElement)
  const start = part('training-start', HTMLButtonElement)
  const numbers = {
    steps: createNumberField(view.slot('training-steps')),
    length: createNumberField(view.slot('training-length')),
    rate: createNumberField(view.slot('training-rate')),
  }
  const labels = createLabels(part('training-labels', HTMLElement))
  const showBytes = createBytesBar(view.slot('training-bytes'), 'training-cost', texts.purposes)
  view.place(place)

  let target: TrainingTarget | undefined
  let gpu: GpuSupport | undefined
  let data: File | undefined
  let resolved: TrainingSettings | undefined

  /** A field that the user left alone, or emptied, overrides nothing. */
  const override = (name: keyof typeof numbers): Choices => {
    const { dataset, valueAsNumber } = numbers[name]
    const overrides = dataset['touched'] !== undefined && !Number.isNaN(valueAsNumber)
    return overrides ? { [name]: valueAsNumber } : {}
  }

  const label = (): TrainingSettings['label'] =>
    labelKinds.find((kind) => labels[kind].checked) ?? defaultTrainingSettings.label

  const choices = (): Choices => ({
    label: label(),
    hidden: Number(width.value),
    ...override('steps'),
    ...override('length'),
    ...override('rate'),
  })

  const update = (): void => {
    resolved = undefined
    complaint.textContent = ''
    ownDataField.hidden = !ownData.checked
    labelNote.textContent = texts.labels[label()].note
    if (target === undefined) return
    const { candidate, weights } = target
    const { description } = candidate
    try {
      const settings = resolveChoices(choices(), description)
      if (gpu) requireTrainingFit(description, settings, weights, allowedBytes(gpu))
      const bytes = estimateTrainingBytes(description, settings, weights)
      showBytes(bytes)
      total.textContent = formatBytes(totalBytes(bytes))
      resolved = settings
      onChange(settings)
      for (const [name, input] of Object.entries(numbers)) {
        if (document.activeElement !== input)
          input.value = String(settings[name as keyof typeof numbers])
      }
    } catch (error) {
      complaint.textContent = explain(error, 'train').message
    }
  }

  form.addEventListener('change', update)
  for (const input of Object.values(numbers)) {
    input.addEventListener('input', () => {
      input.dataset['touched'] = ''
      update()
    })
  }
  pick.addEventListener('change', () => {
    data = pick.files?.[0] ?? data
    pick.value = ''
    dataName.textContent = data === undefined ? '' : texts.file(data)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    update()
    const own = ownData.checked
    if (own && data === undefined) {
      complaint.textContent = texts.noData
      pick.focus()
    } else if (resolved === undefined) numbers.steps.focus()
    else onStart({ settings: resolved, data: own ? data : undefined })
  })

  return {
    show(next, support) {
      gpu = support
      if (target?.candidate.source !== next.candidate.source) {
        for (const input of Object.values(numbers)) delete input.dataset['touched']
        const widths = widthsFor(next.candidate.description)
        width.replaceChildren(
          ...widths.map(
            (each) =>
              new Option(
                String(each),
                String(each),
                false,
                each === defaultTrainingSettings.hidden,
              ),
          ),
        )
      }
      target = next
      update()
    },
    lock(locked) {
      fields.disabled = locked
      start.disabled = locked
    },
    focus() {
      const chosen = ownData.checked ? ownData : madeUpData
      chosen.focus()
      form.scrollIntoView({ block: 'nearest' })
    },
  }
}

/** A radio button for each kind of label, in the segments' looks. */
function createLabels(place: HTMLElement): Record<TrainingSettings['label'], HTMLInputElement> {
  const radios = labelKinds.map((kind) => {
    const radio = make('input', '')
    radio.type = 'radio'
    radio.name = 'label'
    radio.value = kind
    radio.defaultChecked = kind === defaultTrainingSettings.label
    return [kind, radio] as const
  })
  const rows = radios.map(([kind, radio]) =>
    make('label', '', radio, make('span', '', texts.labels[kind].choice)),
  )
  place.replaceWith(...rows)
  return Object.fromEntries(radios) as Record<TrainingSettings['label'], HTMLInputElement>
}
