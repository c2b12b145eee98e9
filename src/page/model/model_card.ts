// What a model says of itself, as the page shows it.
import type { ModelCard } from '../../index.ts'
import { make } from '../elements.ts'

/** The card as elements: the summary at once, the lists folded away. */
export function renderCard(card: ModelCard): Node[] {
  const shown: Node[] = []
  if (card.summary !== '') shown.push(make('p', '', card.summary))
  const lists = [
    list('What it can do', card.can),
    list('What it cannot do', card.cannot),
    list('Measured', card.scores),
  ].flat()
  if (lists.length > 0) {
    shown.push(make('details', 'fold', make('summary', '', 'What to expect of it'), ...lists))
  }
  return shown
}

function list(title: string, lines: readonly string[]): Node[] {
  if (lines.length === 0) return []
  const items = lines.map((line) => make('li', '', line))
  return [make('h4', '', title), make('ul', '', ...items)]
}
