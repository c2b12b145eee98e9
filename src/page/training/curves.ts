// What the training's two charts draw, as plain numbers: a smoothed loss, mean overlaps, SVG paths, and words.
import type { TrainingProgress } from '../../index.ts'
import { formatShare } from '../format.ts'

/** the SVG's own units; it is stretched to its box */
export const chartWidth = 1000
export const chartHeight = 100

/** the overlap that scores without any knowledge reach: a tenth meets a tenth */
export const chance = 0.1

/** x and y in the SVG's units */
export type Point = readonly [number, number]

type Looks = TrainingProgress['looks']

/** `M0 50 L10 40`; nothing for no points */
export function linePath(points: readonly Point[]): string {
  const places = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(2)}`)
  return places.length === 0 ? '' : `M${places.join(' L')}`
}

/** Strokes of no length, which round caps make dots whatever the SVG is stretched to. */
export function dotsPath(points: readonly Point[]): string {
  return points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(2)}h0`).join('')
}

export function xOf(step: number, total: number): number {
  return (step / Math.max(1, total)) * chartWidth
}

/** A height on an axis from `low` (bottom) to `high` (top). */
export function yOf(value: number, low: number, high: number): number {
  if (high <= low) return chartHeight / 2
  return chartHeight * (1 - (value - low) / (high - low))
}

/**
 * The running mean, in which a loss counts half after a fortieth of all steps; the first ones are not pulled towards 0.
 * @param total steps there will be
 */
export function smoothedLosses(losses: readonly number[], total: number): number[] {
  const keep = 0.5 ** (1 / Math.max(3, total / 40))
  let mean = 0
  let weight = 0
  return losses.map((loss) => {
    mean = keep * mean + (1 - keep) * loss
    weight = keep * weight + (1 - keep)
    return mean / weight
  })
}

/** Over the layers. */
export function meanOverlap(overlap: readonly number[]): number {
  return overlap.reduce((sum, share) => sum + share, 0) / Math.max(1, overlap.length)
}

/** The lowest of a few tops that leaves room above every line. */
export function overlapTop(looks: Looks): number {
  const highest = Math.max(chance, ...looks.flatMap(({ byLayer }) => byLayer))
  return [0.25, 0.5, 0.75].find((top) => highest <= 0.95 * top) ?? 1
}

/** Three digits: losses span several powers of ten. */
export function formatLoss(loss: number): string {
  return String(Number(loss.toPrecision(3)))
}

/** The loss chart for those who do not see it. */
export function lossInWords(losses: readonly number[], total: number): string {
  const smooth = smoothedLosses(losses, total)
  const [first] = smooth
  const now = smooth.at(-1)
  if (first === undefined || now === undefined) return 'Loss over steps: no steps yet.'
  return `Loss over ${losses.length} steps, smoothed: from ${formatLoss(first)} to ${formatLoss(now)}.`
}

/** The overlap chart for those who do not see it. */
export function overlapInWords(looks: Looks): string {
  const [first] = looks
  const now = looks.at(-1)
  if (first === undefined || now === undefined) return 'Top-10 % overlap over steps: no look yet.'
  const [before, after] = [first, now].map(({ byLayer }) => formatShare(meanOverlap(byLayer)))
  return `Top-10 % overlap, mean over ${now.byLayer.length} layers: ${before ?? ''} after ${first.step} steps, ${after ?? ''} after ${now.step}; chance is ${formatShare(chance)}.`
}
