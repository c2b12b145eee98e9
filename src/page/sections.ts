// The page's sections: one is shown, the others are hidden. The style sheets know which one by the body's `data-section`.
import type { PageState, PageStore } from './state.ts'
import type { Parts } from './template.ts'

export function showSections({ part }: Parts, store: PageStore): void {
  const sections = (['setup', 'session', 'training'] as const).map((id) => part(id, HTMLElement))
  const show = ({ section }: PageState): void => {
    document.body.dataset['section'] = section
    for (const element of sections) element.hidden = element.id !== section
  }
  store.on(['section'], show)
  show(store.get())
}
