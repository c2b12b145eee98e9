// The report's charts as SVG. Vega-Lite draws them here rather than in the reader's browser, so the page needs no script.
// Text and axes take the colour of the surrounding text, for light and dark mode.
import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import { fullPolicy } from './order.ts'
import type { Cell } from './summary.ts'

const width = 270
const height = 170

/** Twelve hues that differ on white and on black; the full cache has the colour of the text. */
const hues = [
  '#3b82f6',
  '#f97316',
  '#22a565',
  '#e0457b',
  '#a16be8',
  '#b98a00',
  '#12a5b5',
  '#a0683c',
  '#7a8b99',
  '#6b9e1f',
  '#c026d3',
  '#dc2626',
]

export function colourOf(policy: string, policies: readonly string[]): string {
  if (policy === fullPolicy) return 'currentColor'
  const others = policies.filter((name) => name !== fullPolicy)
  return hues[others.indexOf(policy) % hues.length] ?? 'currentColor'
}

const axis = {
  labelColor: 'currentColor',
  titleColor: 'currentColor',
  domainColor: 'currentColor',
  tickColor: 'currentColor',
  gridColor: 'currentColor',
  gridOpacity: 0.12,
  labelFontSize: 11,
  titleFontSize: 11,
  titleFontWeight: 'normal' as const,
}

async function svg(spec: object, description: string): Promise<string> {
  const whole = {
    width,
    height,
    ...spec,
    description,
    background: 'transparent',
    config: {
      axis,
      view: { stroke: null },
      font: 'system-ui, sans-serif',
      legend: { disable: true },
    },
  }
  const { spec: vega } = compile(whole as TopLevelSpec)
  const view = new View(parse(vega), { renderer: 'none' })
  const drawn = await view.toSVG()
  view.finalize()
  return drawn
}

function colours(policies: readonly string[]) {
  const range = policies.map((policy) => colourOf(policy, policies))
  return { field: 'policy', type: 'nominal', scale: { domain: policies, range } }
}

/** Score against budget: a line per policy with its interval, and a horizontal line for the full cache. */
export function budgetCurves(cells: readonly Cell[], policies: readonly string[]): Promise<string> {
  const points = cells
    .filter(({ policy }) => policy !== fullPolicy)
    .map(({ policy, budget, score }) => ({ policy, budget, ...score }))
  const level = cells.filter(({ policy }) => policy === fullPolicy).map(({ score }) => score)
  const x = {
    field: 'budget',
    type: 'ordinal',
    title: 'units kept per layer and KV head',
    axis: { labelAngle: 0 },
  }
  const y = { type: 'quantitative', title: 'score', scale: { domain: [0, 1] } }
  const colour = colours(policies)
  // offset horizontally, so that no interval hides another
  const xOffset = { field: 'policy', type: 'nominal', scale: { domain: policies } }
  const spec = {
    layer: [
      {
        data: { values: level },
        mark: { type: 'rule', strokeDash: [5, 3], color: 'currentColor' },
        encoding: { y: { ...y, field: 'mean' } },
      },
      {
        data: { values: points },
        mark: { type: 'line', strokeWidth: 1.5, opacity: 0.7 },
        encoding: { x, xOffset, y: { ...y, field: 'mean' }, color: colour },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 28, opacity: 1 },
        encoding: { x, xOffset, y: { ...y, field: 'mean' }, color: colour },
      },
      {
        data: { values: points },
        mark: { type: 'rule', opacity: 0.45, strokeWidth: 1.5 },
        encoding: { x, xOffset, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
      },
    ],
  }
  return svg(spec, 'Score against budget for every policy')
}

/** Score by relative position of the answer and length of the text. */
export function needleMap(cells: readonly Cell[]): Promise<string> {
  const values = cells.flatMap(({ length, depths }) =>
    depths.map(({ depth, score }) => ({ length, depth: Math.round(100 * depth), score })),
  )
  const spec = {
    height: 130,
    data: { values },
    encoding: {
      x: { field: 'length', type: 'ordinal', title: 'tokens', axis: { labelAngle: 0 } },
      y: { field: 'depth', type: 'ordinal', title: 'depth (%)' },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'currentColor', strokeOpacity: 0.15 },
        encoding: {
          color: {
            field: 'score',
            type: 'quantitative',
            scale: { domain: [0, 0.5, 1], range: ['#e8744f', '#e3c766', '#4caf73'] },
          },
        },
      },
      {
        mark: { type: 'text', color: 'black', fontSize: 11 },
        encoding: { text: { field: 'score', type: 'quantitative', format: '.0%' } },
      },
    ],
  }
  return svg(spec, 'Needle found, by its depth and the length of the text')
}

/** Score by turn. */
export function turnCurves(cells: readonly Cell[], policies: readonly string[]): Promise<string> {
  const values = cells.flatMap(({ policy, turns }) =>
    turns.map((score, i) => ({ policy, turn: i + 1, score })),
  )
  const spec = {
    data: { values },
    encoding: {
      x: { field: 'turn', type: 'ordinal', title: 'turn', axis: { labelAngle: 0 } },
      y: { field: 'score', type: 'quantitative', scale: { domain: [0, 1] } },
      color: colours(policies),
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 } },
      { mark: { type: 'point', filled: true, opacity: 1, size: 36 } },
    ],
  }
  return svg(spec, 'Score by turn of the conversation')
}

/** One bar per policy. */
export function bars(
  values: readonly { readonly policy: string; readonly value: number }[],
  title: string,
  policies: readonly string[],
): Promise<string> {
  const spec = {
    height: { step: 20 },
    data: { values },
    mark: { type: 'bar', height: { band: 0.7 } },
    encoding: {
      y: { field: 'policy', type: 'nominal', sort: policies, title: null },
      x: { field: 'value', type: 'quantitative', title, axis: { tickCount: 4, format: '~s' } },
      color: colours(policies),
    },
  }
  return svg(spec, title)
}
