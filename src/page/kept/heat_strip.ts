// The tape: the whole document in one strip. While reading it fills; afterwards it shows what was kept, and is the way to
// any piece, by pointer and by keyboard.
import type { PageStore } from '../state.ts'
import type { Parts } from '../template.ts'
import { heatLevel, levels, type Heat } from './heat.ts'
import type { View } from './piece_view.ts'
import * as texts from './texts.ts'

/** CSS pixels of one bar and of the gap after it */
const barWidth = 3
const gapWidth = 1

export interface HeatStrip {
  /** Fills up to this share, 0…1. */
  fill(share: number): void
}

/** @param onSeek called with the token that the user asks for */
export function createHeatStrip(
  { part }: Parts,
  store: PageStore,
  onSeek: (token: number) => void,
): HeatStrip {
  const root = part('progress', HTMLElement)
  const canvas = part('tape', HTMLCanvasElement)
  let filled = 0
  let asked = false
  const heat = (): Heat | undefined => store.get().kept?.heat
  const inView = (): View => store.get().inView

  const redraw = (): void => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      draw(canvas, heat(), filled, inView())
    })
  }

  const seek = (token: number, { tokens }: Heat): void => {
    onSeek(Math.min(tokens - 1, Math.max(0, Math.round(token))))
  }
  const seekTo = (event: PointerEvent): void => {
    const measured = heat()
    if (measured === undefined) return
    const box = canvas.getBoundingClientRect()
    seek(((event.clientX - box.left) / box.width) * measured.tokens, measured)
  }
  root.addEventListener('pointerdown', (event) => {
    if (heat() === undefined) return
    root.setPointerCapture(event.pointerId)
    seekTo(event)
  })
  root.addEventListener('pointermove', (event) => {
    if (root.hasPointerCapture(event.pointerId)) seekTo(event)
  })
  root.addEventListener('keydown', (event) => {
    const measured = heat()
    if (measured === undefined) return
    const view = inView()
    const target = {
      ArrowRight: view.after,
      ArrowUp: view.after,
      ArrowLeft: view.before,
      ArrowDown: view.before,
      PageDown: view.from + measured.tokens / 20,
      PageUp: view.from - measured.tokens / 20,
      Home: 0,
      End: measured.tokens - 1,
    }[event.key]
    if (target === undefined) return
    event.preventDefault()
    seek(target, measured)
  })
  new ResizeObserver(redraw).observe(root)

  store.on(['kept'], ({ kept }) => {
    if (kept === undefined) return
    root.setAttribute('role', 'slider')
    root.removeAttribute('aria-labelledby')
    root.setAttribute('aria-label', texts.place)
    root.setAttribute('aria-valuemax', String(kept.heat.tokens))
    root.tabIndex = 0
    redraw()
  })
  store.on(['inView'], ({ inView }) => {
    root.setAttribute('aria-valuenow', String(inView.from))
    root.setAttribute('aria-valuetext', inView.words)
    redraw()
  })

  return {
    fill(share) {
      filled = share
      root.setAttribute('role', 'progressbar')
      root.setAttribute('aria-labelledby', 'reading-status')
      root.removeAttribute('aria-label')
      root.removeAttribute('tabindex')
      root.removeAttribute('aria-valuetext')
      root.setAttribute('aria-valuemax', '100')
      root.setAttribute('aria-valuenow', String(Math.floor(share * 100)))
      redraw()
    },
  }
}

function draw(canvas: HTMLCanvasElement, heat: Heat | undefined, filled: number, view: View): void {
  const context = canvas.getContext('2d')
  const { clientWidth: width, clientHeight: height } = canvas
  if (context === null || width === 0) return
  const ratio = devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  context.scale(ratio, ratio)
  const style = getComputedStyle(canvas)
  const colour = (name: string): string => style.getPropertyValue(name)
  const read = colour('--tape-read')
  const shades = Array.from({ length: levels + 1 }, (_, level) => colour(`--heat-${level}`))
  const bars = Math.floor(width / (barWidth + gapWidth))
  const pitch = width / bars
  for (let bar = 0; bar < bars; bar += 1) {
    const isRead = heat === undefined && (bar + 0.5) / bars <= filled
    const share = heat?.mean((bar * heat.tokens) / bars, ((bar + 1) * heat.tokens) / bars) ?? 0
    const highest = heat?.highest ?? 0
    const rise = isRead ? 0.5 : highest > 0 ? Math.sqrt(share / highest) : 0
    const tall = Math.max(2, height * (0.05 + 0.9 * Math.min(1, rise)))
    context.fillStyle = isRead ? read : (shades[heatLevel(share, highest)] ?? '')
    context.fillRect(bar * pitch, height - tall, barWidth, tall)
  }
  if (heat !== undefined) {
    const left = (view.from / heat.tokens) * width
    const right = Math.max(left + 4, (view.to / heat.tokens) * width)
    context.strokeStyle = colour('--tape-view')
    context.lineWidth = 2
    context.strokeRect(left, 1, right - left, height - 2)
  }
}
