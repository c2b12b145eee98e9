// The trainings of a model that this browser keeps, each to go on with or to discard.
import { byId, make, makeButton } from '../elements.ts'
import { formatCount, formatDuration } from '../format.ts'
import type { KeptTraining } from './kept_trainings.ts'

const labelNames: Record<KeptTraining['settings']['label'], string> = {
  share: 'answers',
  answer: 'answers, scores',
  repeat: 'repeating',
}

export interface KeptListEvents {
  readonly goOn: (kept: KeptTraining) => void
  readonly discard: (kept: KeptTraining) => void
}

/** Hidden where there are none. */
export function showKept(trainings: readonly KeptTraining[], on: KeptListEvents): void {
  const rows = trainings.map((kept) =>
    make(
      'li',
      '',
      make('p', '', describe(kept)),
      makeButton('', goOnWords(kept), () => on.goOn(kept)),
      makeButton('quiet', 'Discard', () => on.discard(kept)),
    ),
  )
  byId('kept-list', HTMLElement).replaceChildren(...rows)
  byId('kept', HTMLElement).hidden = rows.length === 0
}

function describe({ settings, steps, data, savedAt }: KeptTraining): string {
  const ago = formatDuration(Math.max(1, (Date.now() - savedAt) / 1000))
  const parts = [
    `Step ${formatCount(steps)} of ${formatCount(settings.steps)}`,
    data === undefined ? 'made-up documents' : data.name,
    labelNames[settings.label],
    `width ${formatCount(settings.hidden)}`,
    `length ${formatCount(settings.length)}`,
    `${ago} ago`,
  ]
  return parts.join(' · ')
}

function goOnWords({ settings, steps }: KeptTraining): string {
  return steps < settings.steps ? `Go on from step ${formatCount(steps)}` : 'Take the heads'
}
