// How answers are given: their length, how tokens are drawn, what is remembered and what is shown.
import type { AskOptions, Model } from '../../index.ts'
import type { Parts } from '../template.ts'
import * as texts from './texts.ts'

export interface AnswerSettings {
  /** What the user set; entries out of range are left to the engine's defaults. */
  options(): AskOptions
  /** Whether earlier questions go along. */
  remembers(): boolean
  /** Offers to draw tokens as the model's makers suggest, and to remember what was asked. */
  suit(model: Model, remembers: boolean): void
}

export function createAnswerSettings({ part }: Parts): AnswerSettings {
  const longest = part('max-tokens', HTMLInputElement)
  const sampling = part('sampling', HTMLSelectElement)
  const suggested = part('sampling-model', HTMLOptionElement)
  const temperature = part('temperature', HTMLInputElement)
  const remember = part('remember', HTMLInputElement)
  const think = part('think', HTMLInputElement)
  const thinkRow = part('think-row', HTMLLabelElement)
  const showSpecial = part('show-special', HTMLInputElement)
  return {
    options() {
      const maxTokens = longest.valueAsNumber
      return {
        ...(Number.isInteger(maxTokens) && maxTokens > 0 ? { maxTokens } : {}),
        ...(sampling.value === 'model' ? { sampling: 'model' } : {}),
        ...(temperature.valueAsNumber > 0 ? { temperature: temperature.valueAsNumber } : {}),
        think: think.checked,
        showSpecial: showSpecial.checked,
      }
    },
    remembers: () => remember.checked,
    suit({ suggestedSampling, canThink }, remembers) {
      suggested.hidden = suggested.disabled = suggestedSampling === undefined
      suggested.textContent = suggestedSampling ? texts.sampling(suggestedSampling) : ''
      if (suggestedSampling === undefined) sampling.value = 'greedy'
      remember.checked = remembers
      thinkRow.hidden = !canThink
      if (!canThink) think.checked = false
      remember.disabled = !remembers
    },
  }
}
