// The choices of a training, and the GPU memory it will take, before anything is allocated.
import {
  labelKinds,
  type TrainingSettings,
  requireTrainingFit,
  estimateTrainingBytes,
  defaultTrainingSettings,
} from '../../index.ts'
import { allowedBytes, showBytes } from '../cost/cost_view.ts'
import { byId } from '../elements.ts'
import { explain } from '../errors.ts'
import { formatBytes } from '../format.ts'
import type { GpuSupport } from '../gpu_support.ts'
import { settleChoices, widthsFor, type Choices } from './choices.ts'
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

const labelNotes: Record<TrainingSettings['label'], string> = {
  share: 'Learns what answers look back at: the largest share of attention that a token gets.',
  answer: 'The largest score before the softmax instead, as the official Locret learns it.',
  repeat:
    'Learns what the model needs to write the text down again. It knows no question, which is meant to keep more of what is asked later. Takes longer.',
}

export function createTrainingForm(
  onChange: (settings: TrainingSettings) => void,
  onStart: (chosen: Chosen) => void,
): TrainingForm {
  const form = byId('training-form', HTMLFormElement)
  const fields = byId('training-choices', HTMLFieldSetElement)
  const ownData = byId('training-own', HTMLElement)
  const dataName = byId('training-data-name', HTMLElement)
  const pick = byId('training-data-pick', HTMLInputElement)
  const complaint = byId('training-complaint', HTMLElement)
  const width = byId('training-width', HTMLSelectElement)
  const numbers = {
    steps: byId('training-steps', HTMLInputElement),
    length: byId('training-length', HTMLInputElement),
    rate: byId('training-rate', HTMLInputElement),
  }
  let target: TrainingTarget | undefined
  let gpu: GpuSupport | undefined
  let data: File | undefined
  let settled: TrainingSettings | undefined

  const checked = (name: string): string =>
    form.querySelector<HTMLInputElement>(`input[name="${name}"]:checked`)?.value ?? ''

  /** A field that the user left alone, or emptied, wishes nothing. */
  const wish = (name: keyof typeof numbers): Choices => {
    const { dataset, valueAsNumber } = numbers[name]
    const wished = dataset['touched'] !== undefined && !Number.isNaN(valueAsNumber)
    return wished ? { [name]: valueAsNumber } : {}
  }

  const label = (): TrainingSettings['label'] =>
    labelKinds.find((kind) => kind === checked('label')) ?? defaultTrainingSettings.label

  const choices = (): Choices => ({
    label: label(),
    hidden: Number(width.value),
    ...wish('steps'),
    ...wish('length'),
    ...wish('rate'),
  })

  const update = (): void => {
    settled = undefined
    complaint.textContent = ''
    ownData.hidden = checked('data') !== 'own'
    byId('training-label-note', HTMLElement).textContent = labelNotes[label()]
    if (target === undefined) return
    const { candidate, weights } = target
    const { description } = candidate
    try {
      const settings = settleChoices(choices(), description)
      if (gpu) requireTrainingFit(description, settings, weights, allowedBytes(gpu))
      const bytes = estimateTrainingBytes(description, settings, weights)
      const total = bytes.weights + bytes.cache + bytes.scratch
      showBytes('training-cost', bytes)
      byId('training-cost-total', HTMLElement).textContent = formatBytes(total)
      settled = settings
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
    dataName.textContent = data === undefined ? '' : `${data.name}, ${formatBytes(data.size)}`
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    update()
    const own = checked('data') === 'own'
    if (own && data === undefined) {
      complaint.textContent = 'There are no data yet: choose a file, or made-up documents.'
      pick.focus()
    } else if (settled === undefined) numbers.steps.focus()
    else onStart({ settings: settled, data: own ? data : undefined })
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
      byId('training-start', HTMLButtonElement).disabled = locked
    },
    focus() {
      form.querySelector<HTMLInputElement>('input[name="data"]:checked')?.focus()
      form.scrollIntoView({ block: 'nearest' })
    },
  }
}
