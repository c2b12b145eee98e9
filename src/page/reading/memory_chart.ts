// GPU bytes over tokens read: what is in use, stacked by purpose, and the line a growing cache would have followed.
import type { Memory } from '../../index.ts'
import { formatBytes } from '../format.ts'
import type { Parts } from '../template.ts'
import { thin } from '../thin.ts'
import * as texts from './texts.ts'

/** the SVG's own units; it is stretched to its box */
const width = 1000
const height = 100

/** Bytes in use when so many tokens had been read. */
export interface MemorySample {
  readonly tokens: number
  readonly bytes: number
}

export interface ChartData {
  readonly samples: readonly MemorySample[]
  /** the latest split */
  readonly memory: Memory
  /** right end of the axis */
  readonly totalTokens: number
  /** bytes in use with a cache that keeps every one of these tokens */
  readonly grown: (tokens: number) => number
}

export interface MemoryChart {
  draw(data: ChartData): void
  clear(): void
}

export function createMemoryChart({ part }: Parts): MemoryChart {
  const svg = part('memory-chart', SVGSVGElement)
  const top = part('memory-top', HTMLElement)
  const shape = (name: 'path' | 'line', className: string): SVGElement => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    element.setAttribute('class', className)
    svg.append(element)
    return element
  }
  svg.replaceChildren()
  const bands = {
    scratch: shape('path', 'scratch'),
    cache: shape('path', 'cache'),
    weights: shape('path', 'weights'),
  }
  const total = shape('path', 'total')
  const grown = shape('path', 'grown')

  return {
    draw(data) {
      const { memory, totalTokens } = data
      const samples = thin(data.samples)
      const now = samples.at(-1)
      if (now === undefined) return
      const highest = Math.max(data.grown(totalTokens), ...samples.map(({ bytes }) => bytes)) * 1.06
      const x = (tokens: number): string => ((tokens / Math.max(1, totalTokens)) * width).toFixed(1)
      const y = (bytes: number): string => (height - (bytes / highest) * height).toFixed(2)
      const line = (bytes: (sample: MemorySample) => number): string =>
        samples.map((sample) => `${x(sample.tokens)} ${y(bytes(sample))}`).join(' L')
      const [first] = samples
      const area = (bytes: (sample: MemorySample) => number): string =>
        `M${x(first?.tokens ?? 0)} ${height} L${line(bytes)} L${x(now.tokens)} ${height} Z`
      bands.weights.setAttribute(
        'd',
        area(() => memory.weights),
      )
      bands.cache.setAttribute(
        'd',
        area(({ bytes }) => bytes - memory.scratch),
      )
      bands.scratch.setAttribute(
        'd',
        area(({ bytes }) => bytes),
      )
      total.setAttribute('d', `M${line(({ bytes }) => bytes)}`)
      grown.setAttribute(
        'd',
        `M${x(0)} ${y(data.grown(0))} L${x(now.tokens)} ${y(data.grown(now.tokens))}`,
      )
      top.textContent = formatBytes(highest)
      svg.setAttribute('aria-label', inWords(samples, data))
    },
    clear() {
      for (const path of [...Object.values(bands), total, grown]) path.removeAttribute('d')
      top.textContent = ''
    },
  }
}

/** What the chart shows, for those who do not see it. */
export function inWords(samples: readonly MemorySample[], { grown }: ChartData): string {
  const tokens = samples.at(-1)?.tokens ?? 0
  const sizes = samples.map(({ bytes }) => bytes)
  return texts.memory(sizes, tokens, grown(tokens))
}
