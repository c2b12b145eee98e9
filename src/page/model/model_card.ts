// What a model says of itself, as the page shows it.
import type { ModelCard } from '../../index.ts'
import { make } from '../elements.ts'
import { cardTitles } from './texts.ts'

/** The card as elements: the summary at once, the lists folded away. */
export function renderCard(card: ModelCard): Node[] {
  const shown: Node[] = []
  if (card.summary !== '') shown.push(make('p', '', card.summary))
  const lists = [
    list(cardTitles.can, card.can),
    list(cardTitles.cannot, card.cannot),
    list(cardTitles.scores, card.scores),
  ].flat()
  if (lists.length > 0) {
    shown.push(make('details', 'fold', make('summary', '', cardTitles.all), ...lists))
  }
  return shown
}

function list(title: string, lines: readonly string[]): Node[] {
  if (lines.length === 0) return []
  const items = lines.map((line) => make('li', '', line))
  return [make('h4', '', title), make('ul', '', ...items)]
}
