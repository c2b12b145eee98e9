// The training's two charts, loss and overlap over steps, and the overlaps layer by layer.
import type { TrainingProgress } from '../../index.ts'
import { byId, make } from '../elements.ts'
import { formatCount, formatShare } from '../format.ts'
import { thin } from '../thin.ts'
import {
  chance,
  chartWidth,
  dotsPath,
  formatLoss,
  linePath,
  lossInWords,
  meanOverlap,
  overlapInWords,
  overlapTop,
  smoothedLosses,
  xOf,
  yOf,
  type Point,
} from './curves.ts'

export type Curves = Pick<TrainingProgress, 'total' | 'losses' | 'looks'>

export interface TrainingCharts {
  draw(curves: Curves): void
}

export function createTrainingCharts(): TrainingCharts {
  const drawLoss = createLossChart()
  const drawOverlap = createOverlapChart()
  return {
    draw(curves) {
      drawLoss(curves)
      drawOverlap(curves)
      showLayers(curves)
      for (const name of ['loss', 'overlap']) put(`${name}-steps`, formatCount(curves.total))
    },
  }
}

/** Single losses as faint dots, their running mean as a line; heights are logarithms. */
function createLossChart(): (curves: Curves) => void {
  const svg = byId('loss-chart', SVGSVGElement)
  const single = addPath(svg, 'single')
  const mean = addPath(svg, 'mean')
  return ({ losses, total }) => {
    const logs = losses.map((loss) => Math.log(Math.max(loss, Number.MIN_VALUE)))
    const [low, high] = [Math.min(...logs), Math.max(...logs)]
    const place = (log: number, index: number): Point => [
      xOf(index + 1, total),
      yOf(log, low, high),
    ]
    const smooth = smoothedLosses(losses, total).map(Math.log)
    single.setAttribute('d', dotsPath(thin(logs.map(place))))
    mean.setAttribute('d', linePath(thin(smooth.map(place))))
    put('loss-high', losses.length > 0 ? formatLoss(Math.exp(high)) : '')
    put('loss-low', losses.length > 1 ? formatLoss(Math.exp(low)) : '')
    svg.setAttribute('aria-label', lossInWords(losses, total))
  }
}

/** The mean over layers as a line with dots at the looks, each layer faintly, and chance. */
function createOverlapChart(): (curves: Curves) => void {
  const svg = byId('overlap-chart', SVGSVGElement)
  const layers = addPath(svg, 'layer')
  const byChance = addPath(svg, 'chance')
  const mean = addPath(svg, 'mean')
  const dots = addPath(svg, 'dots')
  return ({ looks, total }) => {
    const top = overlapTop(looks)
    const place = (step: number, share: number): Point => [xOf(step, total), yOf(share, 0, top)]
    const perLayer = (looks[0]?.byLayer ?? []).map((_, layer) =>
      linePath(thin(looks.map(({ step, byLayer }) => place(step, byLayer[layer] ?? 0)))),
    )
    const means = looks.map(({ step, byLayer }) => place(step, meanOverlap(byLayer)))
    const height = yOf(chance, 0, top)
    layers.setAttribute('d', perLayer.join(''))
    byChance.setAttribute('d', `M0 ${height.toFixed(2)}H${chartWidth}`)
    mean.setAttribute('d', linePath(thin(means)))
    dots.setAttribute('d', dotsPath(thin(means)))
    put('overlap-high', formatShare(top))
    svg.setAttribute('aria-label', overlapInWords(looks))
  }
}

function addPath(svg: SVGSVGElement, className: string): SVGPathElement {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('class', className)
  svg.append(path)
  return path
}

function showLayers({ looks }: Curves): void {
  const first = looks[0]?.byLayer ?? []
  const now = looks.at(-1)?.byLayer ?? []
  const rows = now.map((share, layer) => {
    const name = make('th', '', `Layer ${layer}`)
    name.scope = 'row'
    const bar = make('span', 'share')
    bar.style.width = `${100 * share}%`
    return make(
      'tr',
      '',
      name,
      make('td', '', formatShare(first[layer] ?? 0)),
      make('td', '', formatShare(share)),
      make('td', 'bar', bar),
    )
  })
  byId('layer-rows', HTMLElement).replaceChildren(...rows)
  byId('layers', HTMLElement).hidden = rows.length === 0
}

function put(id: string, words: string): void {
  byId(id, HTMLElement).textContent = words
}
