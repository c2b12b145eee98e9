// The training's two charts, loss and overlap over steps, and the overlaps layer by layer.
import type { TrainingProgress } from '../../index.ts'
import { make } from '../elements.ts'
import { formatCount, formatShare } from '../format.ts'
import type { Parts } from '../template.ts'
import { thin } from '../thin.ts'
import * as texts from './texts.ts'
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

export function createTrainingCharts(parts: Parts): TrainingCharts {
  const charts = [createLossChart(parts), createOverlapChart(parts), createLayerTable(parts)]
  return {
    draw(curves) {
      for (const draw of charts) draw(curves)
    },
  }
}

/** Single losses as faint dots, their running mean as a line; heights are logarithms. */
function createLossChart({ part }: Parts): (curves: Curves) => void {
  const svg = part('loss-chart', SVGSVGElement)
  const highest = part('loss-high', HTMLElement)
  const lowest = part('loss-low', HTMLElement)
  const steps = part('loss-steps', HTMLElement)
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
    highest.textContent = losses.length > 0 ? formatLoss(Math.exp(high)) : ''
    lowest.textContent = losses.length > 1 ? formatLoss(Math.exp(low)) : ''
    steps.textContent = formatCount(total)
    svg.setAttribute('aria-label', lossInWords(losses, total))
  }
}

/** The mean over layers as a line with dots at the looks, each layer faintly, and chance. */
function createOverlapChart({ part }: Parts): (curves: Curves) => void {
  const svg = part('overlap-chart', SVGSVGElement)
  const highest = part('overlap-high', HTMLElement)
  const steps = part('overlap-steps', HTMLElement)
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
    highest.textContent = formatShare(top)
    steps.textContent = formatCount(total)
    svg.setAttribute('aria-label', overlapInWords(looks))
  }
}

function addPath(svg: SVGSVGElement, className: string): SVGPathElement {
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('class', className)
  svg.append(path)
  return path
}

/** The overlap of each layer, at the first look and at the latest. */
function createLayerTable({ part }: Parts): (curves: Curves) => void {
  const fold = part('layers', HTMLElement)
  const body = part('layer-rows', HTMLElement)
  return ({ looks }) => {
    const first = looks[0]?.byLayer ?? []
    const now = looks.at(-1)?.byLayer ?? []
    const rows = now.map((share, layer) => layerRow(layer, first[layer] ?? 0, share))
    body.replaceChildren(...rows)
    fold.hidden = rows.length === 0
  }
}

function layerRow(layer: number, first: number, share: number): HTMLElement {
  const name = make('th', '', texts.layer(layer))
  name.scope = 'row'
  const bar = make('span', 'share')
  bar.style.width = `${100 * share}%`
  const cells = [make('td', '', formatShare(first)), make('td', '', formatShare(share))]
  return make('tr', '', name, ...cells, make('td', 'bar', bar))
}
