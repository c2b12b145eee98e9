// Where a reading stands on the page. Text and answers are two columns where the window is wide, and one below the other on a
// small screen. There the answers come first, since they are what was asked for. The order of elements is the order on the
// screen, so that keyboard and screen reader follow it.
import type { Parts } from './template.ts'

/** Media queries that the style sheets use too (styles/columns.css). */
export const shelfBeside = '(width >= 75rem)'
const answersBeside = '(width >= 60rem)'

export interface Columns {
  /** Of a document that is being read: the text and its questions are not there yet. */
  begin(): void
  finish(): void
  isRead(): boolean
}

export function createColumns({ part }: Parts): Columns {
  const root = part('columns', HTMLElement)
  const asking = part('asking', HTMLElement)
  const later = part('asking-later', HTMLElement)
  const afterwards = ['jumps', 'kept-place', 'questions-place'].map((id) => part(id, HTMLElement))
  const show = (isRead: boolean): void => {
    later.hidden = isRead
    for (const element of afterwards) element.hidden = !isRead
  }
  wideEnough(answersBeside, (isWide) => {
    move(asking, root, isWide ? null : root.firstChild)
  })
  return {
    begin: () => show(false),
    finish: () => show(true),
    isRead: () => later.hidden === true,
  }
}

/** Where a browser can, without losing the focus and how far things are scrolled. */
function move(element: Element, parent: Element, before: ChildNode | null): void {
  const { moveBefore } = parent as Partial<Pick<Element, 'moveBefore'>>
  if (moveBefore === undefined) parent.insertBefore(element, before)
  else parent.moveBefore(element, before)
}

/** Calls `act` now, and whenever a window becomes wide enough for a query or no longer is. */
export function wideEnough(query: string, act: (isWide: boolean) => void): void {
  const media = matchMedia(query)
  media.addEventListener('change', ({ matches }) => act(matches))
  act(media.matches)
}
