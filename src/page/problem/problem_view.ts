// The banner that tells what went wrong and offers ways on.
import { makeButton } from '../elements.ts'
import type { Problem, Remedy } from '../errors.ts'
import { fromTemplate } from '../template.ts'
import html from './problem.html?raw'

const labels: Record<Remedy, string> = {
  retry: 'Load again',
  settings: 'Open the settings',
  model: 'Choose a model',
  document: 'Choose another document',
}

export interface ProblemView {
  /** @param act carries out the remedy that is chosen */
  show(problem: Problem, act: (remedy: Remedy) => void): void
  hide(): void
}

export function createProblemView(place: HTMLSlotElement): ProblemView {
  const view = fromTemplate(html)
  const root = view.part('problem', HTMLElement)
  const title = view.part('problem-title', HTMLElement)
  const message = view.part('problem-message', HTMLElement)
  const suggestion = view.part('problem-suggestion', HTMLElement)
  const actions = view.part('problem-actions', HTMLElement)
  view.place(place)

  return {
    show(problem, act) {
      root.dataset['code'] = problem.code
      title.textContent = problem.title
      message.textContent = problem.message
      suggestion.textContent = problem.suggestion
      actions.replaceChildren(
        ...problem.remedies.map((remedy, i) =>
          makeButton(i === 0 ? 'primary' : '', labels[remedy], () => act(remedy)),
        ),
      )
      root.hidden = false
      title.focus({ preventScroll: true })
      root.scrollIntoView({ block: 'nearest' })
    },
    hide() {
      root.hidden = true
    },
  }
}
