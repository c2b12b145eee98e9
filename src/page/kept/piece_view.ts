// The text of the document, a few pieces at a time: those in view and their neighbours, whatever the document's length.
import type { Passage } from '../../index.ts'
import { whereAt } from '../document/where.ts'
import { make } from '../elements.ts'
import type { PageStore } from '../state.ts'
import type { Parts } from '../template.ts'
import { pieceAt } from './heat.ts'
import type { Kept } from './kept_view.ts'
import { cutByMark } from './mark.ts'
import { shadePiece } from './shade.ts'
import * as texts from './texts.ts'

/** CSS pixels of text held ready beyond either edge */
const margin = 1200

/** What is in view, by tokens and in words. */
export interface View {
  readonly from: number
  readonly to: number
  /** first tokens of the pieces before and after the one being read */
  readonly before: number
  readonly after: number
  readonly words: string
}

/** Before anything is. */
export const nothingInView: View = { from: 0, to: 0, before: 0, after: 0, words: '' }

export interface PieceView {
  /** Brings the piece with this token to the top, or near it when it lies within the piece. */
  goTo(token: number): void
  /** Marks a passage, and nothing else, and brings it and the focus there. */
  mark(passage: Passage): void
}

/** @param onFailed told when the document can no longer be read */
export function createPieceView(
  { part }: Parts,
  store: PageStore,
  onFailed: (error: unknown) => void,
): PieceView {
  const box = part('pieces', HTMLElement)
  /** the pieces that have elements: first…end − 1 */
  let first = 0
  let end = 0
  /** Filling is a chain of loads; a jump starts a new one and the old one stops. */
  let chain = 0
  let filling = false
  let marked: Passage | undefined

  const fill = async (): Promise<void> => {
    const here = store.get().kept
    if (filling || here === undefined) return
    filling = true
    const mine = chain
    try {
      for (;;) {
        prune()
        const below = box.scrollHeight - box.scrollTop - box.clientHeight
        const down = end < here.pieces.firstToken.length && below < margin
        const up = !down && first > 0 && box.scrollTop < margin
        if (!down && !up) break
        const element = await elementOf(here, down ? end : first - 1, marked)
        if (mine !== chain) return
        if (down) {
          box.append(element)
          end += 1
        } else {
          const before = box.scrollHeight
          box.prepend(element)
          box.scrollTop += box.scrollHeight - before
          first -= 1
        }
      }
    } finally {
      if (mine === chain) filling = false
    }
    report()
  }

  /** Drops pieces far outside the view; one screen beyond the margin stays, so that nothing flickers. */
  const prune = (): void => {
    const far = margin + 2 * box.clientHeight
    for (let last = box.lastElementChild; end - first > 1 && last; last = box.lastElementChild) {
      if (offsetOf(last) < box.scrollTop + box.clientHeight + far) break
      last.remove()
      end -= 1
    }
    for (let top = box.firstElementChild; end - first > 1 && top; top = box.firstElementChild) {
      const { height } = top.getBoundingClientRect()
      if (offsetOf(top) + height > box.scrollTop - far) break
      const before = box.scrollHeight
      top.remove()
      box.scrollTop -= before - box.scrollHeight
      first += 1
    }
  }

  const offsetOf = (element: Element): number =>
    element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop

  /** The tokens of a piece: the first, and the one after the last. */
  const tokensOf = ({ pieces, heat }: Kept, piece: number): [number, number] => [
    pieces.firstToken[piece] ?? 0,
    pieces.firstToken[piece + 1] ?? heat.tokens,
  ]

  /** The piece at this height of the box's content, as far as pieces have elements. */
  const pieceAtHeight = (height: number): number => {
    const under = [...box.children].findIndex((child) => {
      return offsetOf(child) + child.getBoundingClientRect().height > height
    })
    return under < 0 ? end - 1 : first + under
  }

  /** Tokens are taken to lie evenly over a piece's height. */
  const tokenAtHeight = (here: Kept, height: number): number => {
    const piece = pieceAtHeight(height)
    const element = box.children[piece - first]
    if (element === undefined) return 0
    const [from, to] = tokensOf(here, piece)
    const part = (height - offsetOf(element)) / element.getBoundingClientRect().height
    return Math.round(from + Math.min(1, Math.max(0, part)) * (to - from))
  }

  const report = (): void => {
    const here = store.get().kept
    if (here === undefined) return
    const { pieces, heat } = here
    // Two pixels on, since scrolling to a piece's first line rounds to whole ones.
    const piece = pieceAtHeight(box.scrollTop + box.clientHeight / 3 + 2)
    const [first, after] = tokensOf(here, piece)
    const inView = {
      before: tokensOf(here, Math.max(0, piece - 1))[0],
      after,
      from: tokenAtHeight(here, box.scrollTop),
      to: tokenAtHeight(here, box.scrollTop + box.clientHeight),
      words: texts.inView(
        piece,
        pieces.firstToken.length,
        heat.highest === 0 ? undefined : heat.mean(first, after),
      ),
    }
    store.set({ inView })
  }

  /** Scrolls to where the token is, a third down the box, when its piece has an element. */
  const scrollToToken = (here: Kept, token: number): void => {
    const piece = pieceAt(here.pieces, token)
    const element = box.children[piece - first]
    if (element === undefined) return
    const [from, to] = tokensOf(here, piece)
    const part = (token - from) / Math.max(1, to - from)
    const height = offsetOf(element) + part * element.getBoundingClientRect().height
    box.scrollTop = height - box.clientHeight / 3
  }

  const jump = async (here: Kept, token: number): Promise<void> => {
    const mine = (chain += 1)
    const piece = pieceAt(here.pieces, token)
    if (piece < first || piece >= end) {
      filling = true
      const element = await elementOf(here, piece, marked)
      if (mine !== chain) return
      box.replaceChildren(element)
      first = piece
      end = piece + 1
    }
    filling = false
    // Twice: the first time there may not be enough text around the place to scroll to it.
    for (let turn = 0; turn < 2 && mine === chain; turn += 1) {
      scrollToToken(here, token)
      await fill()
    }
  }

  const focusMark = (): void => {
    const mark = box.querySelector('mark')
    if (mark === null) return
    mark.tabIndex = -1
    mark.focus({ preventScroll: true })
    box.scrollTop = offsetOf(mark) - (box.clientHeight - mark.getBoundingClientRect().height) / 2
    box.scrollIntoView({ block: 'nearest' }) // the page moves only where the text is not on the screen
  }

  /** Lines break elsewhere when the box gets wider or narrower; what was read stays where it was. */
  let width = box.offsetWidth
  new ResizeObserver(() => {
    if (box.offsetWidth === width || box.offsetWidth === 0) return
    width = box.offsetWidth
    const { kept, inView } = store.get()
    if (kept === undefined) return
    jump(kept, inView.from + (inView.to - inView.from) / 3).catch(onFailed)
  }).observe(box)

  box.addEventListener('scroll', () => void fill().catch(onFailed), { passive: true })

  store.on(['kept'], ({ kept }) => {
    if (kept === undefined) return
    first = end = 0
    marked = undefined
    jump(kept, 0).catch(onFailed)
  })

  return {
    goTo(token) {
      const { kept } = store.get()
      if (kept !== undefined) jump(kept, token).catch(onFailed)
    },
    mark(passage) {
      const { kept } = store.get()
      if (kept === undefined) return
      marked = passage
      first = end = 0 // all pieces are made anew
      jump(kept, passage.firstToken).then(focusMark, onFailed)
    },
  }
}

async function elementOf(
  { text, pieces, heat }: Kept,
  piece: number,
  marked: Passage | undefined,
): Promise<HTMLElement> {
  const from = pieces.firstToken[piece] ?? 0
  const to = pieces.firstToken[piece + 1] ?? heat.tokens
  const firstChar = pieces.firstChar[piece] ?? 0
  const words = await text.slice(firstChar, pieces.firstChar[piece + 1] ?? text.length)
  let at = firstChar
  const shades = shadePiece(words, from, to, heat).flatMap(({ text: stretch, level }) => {
    const start = at
    at += stretch.length
    return cutByMark(stretch, start, marked).flatMap(({ text: part, isMarked }) => {
      const inked = part.trimEnd() // blanks at the end stay unshaded
      const shade = make(isMarked ? 'mark' : 'span', 'shade', inked)
      if (!isMarked) shade.style.background = `var(--mark-${level})` // none for what was wholly let go
      return [shade, part.slice(inked.length)]
    })
  })
  const kept = heat.highest === 0 ? '' : texts.pieceKept(heat.mean(from, to))
  const title = make(
    'h3',
    '',
    texts.pieceTitle(piece, whereAt(firstChar, text)),
    make('span', '', kept),
  )
  const section = make('section', 'piece', title, make('p', '', ...shades))
  section.dataset['piece'] = String(piece)
  return section
}
