// The instrument while it works: what is happening, how far, how fast, how long still, and the memory it takes.
import { type LongDocument, type Memory, type Progress, keyValueBytes } from '../../index.ts'
import { byId } from '../elements.ts'
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../format.ts'
import type { HeatStrip } from './heat_strip.ts'
import { createMemoryChart, type MemorySample } from './memory_chart.ts'
import { createNowReading } from './now_reading.ts'
import type { ReadingRequest } from '../session.ts'
import { speak } from '../spoken.ts'

export interface ReadingView {
  begin(request: ReadingRequest): void
  progress(progress: Progress): void
  memory(memory: Memory): void
  finish(document: LongDocument): void
}

export function createReadingView(strip: HeatStrip): ReadingView {
  const status = byId('reading-status', HTMLElement)
  const chart = createMemoryChart()
  const glimpse = createNowReading()
  const cancel = byId('cancel', HTMLElement)
  const instrument = byId('instrument', HTMLElement)
  let samples: MemorySample[] = []
  let split: Memory | undefined
  let totalTokens = 0
  let perToken = 0
  let saidQuarter = ''

  const put = (id: string, words: string): void => {
    byId(id, HTMLElement).textContent = words
  }

  /** Only when it changes: the status is read aloud. */
  const say = (words: string): void => {
    if (status.textContent !== words) status.textContent = words
  }

  /** Often enough to know that it goes on, and no oftener. */
  const sayQuarters = (share: number, phase: Progress['phase']): void => {
    const quarter = Math.floor(share * 4)
    const words = `${formatShare(quarter / 4)} ${doneTo(phase)}`
    if (phase === 'compile' || quarter < 1 || quarter > 3 || words === saidQuarter) return
    saidQuarter = words
    speak(words)
  }

  const grown = (tokens: number): number =>
    (split?.weights ?? 0) + (split?.scratch ?? 0) + perToken * tokens

  const draw = (): void => {
    const now = samples.at(-1)
    if (split === undefined) return
    put('now-weights', formatBytes(split.weights))
    put('now-cache', formatBytes(split.cache))
    put('now-scratch', formatBytes(split.scratch))
    put('out-memory', formatBytes(sum(split)))
    if (now === undefined) return
    put('out-growing', formatBytes(grown(now.tokens)))
    chart.draw({ samples, memory: split, totalTokens, grown })
  }

  return {
    begin({ candidate, settings, document: { text } }) {
      glimpse.begin(text)
      samples = []
      split = undefined
      totalTokens = 0
      saidQuarter = ''
      perToken = keyValueBytes(candidate.description, settings.cache)
      chart.clear()
      strip.fill(0)
      cancel.hidden = false
      instrument.classList.remove('done')
      byId('heat-legend', HTMLElement).hidden = true
      put('out-speed-label', 'tokens a second')
      put('out-time-label', 'time left')
      put('tape-note', '')
      for (const id of ['tokens', 'speed', 'time', 'memory', 'growing']) put(`out-${id}`, '–')
      for (const id of ['weights', 'cache', 'scratch']) put(`now-${id}`, '–')
      say('Loading the model')
      document.title = 'Loading · Longtab'
    },
    progress(progress) {
      const { phase, done, perSecond, secondsLeft, gpuBytes } = progress
      const share = Math.min(1, progress.share ?? (progress.total ? done / progress.total : 0))
      // when all is loaded the GPU is still to be prepared, for how long is not known
      const isKnown = secondsLeft !== undefined && share < 1
      put('out-time', isKnown ? formatDuration(Math.ceil(secondsLeft)) : '–')
      document.title = `${formatShare(share)} ${doneTo(phase)} · Longtab`
      strip.fill(share)
      sayQuarters(share, phase)
      if (phase !== 'read') {
        if (phase === 'download') say('Downloading the model')
        else say(phase === 'load' && share < 1 ? 'Loading the model' : 'Preparing the GPU')
        put('tape-note', loadingNote(progress))
        if (gpuBytes > 0) put('out-memory', formatBytes(gpuBytes))
        return
      }
      say('Reading')
      glimpse.at(share)
      totalTokens = Math.max(done, progress.total ?? (share > 0 ? done / share : done))
      put('tape-note', `${formatShare(share)} of the document`)
      put('out-tokens', formatCount(done))
      put('out-speed', done === 0 ? '–' : formatRate(perSecond))
      samples.push({ tokens: done, bytes: gpuBytes })
      draw()
    },
    memory(memory) {
      split = memory
      // What the model takes before the first token is where the line begins.
      if (samples.length === 0) samples.push({ tokens: 0, bytes: sum(memory) })
      draw()
    },
    finish(read) {
      const seconds = read.readMs / 1000
      cancel.hidden = true
      glimpse.end()
      instrument.classList.add('done')
      const measured = read.gpuBytesOverRead.map(([tokens, bytes]) => ({ tokens, bytes }))
      samples = [...samples.filter(({ tokens }) => tokens === 0), ...measured]
      totalTokens = read.tokens
      put('out-tokens', formatCount(read.tokens))
      put('out-speed', formatRate(read.tokens / Math.max(seconds, 1e-3)))
      put('out-time-label', 'took')
      put('out-time', formatDuration(seconds))
      draw()
      say(verdict(samples))
    },
  }
}

function sum({ weights, cache, scratch }: Memory): number {
  return weights + cache + scratch
}

function doneTo(phase: Progress['phase']): string {
  return phase === 'read' ? 'read' : phase === 'download' ? 'downloaded' : 'loaded'
}

function loadingNote({ phase, done, total }: Progress): string {
  if (phase !== 'compile') {
    const all = total === undefined ? '' : ` of ${formatBytes(total)}`
    return `${formatBytes(done)}${all}`
  }
  return `${formatCount(done)}${total === undefined ? '' : ` of ${formatCount(total)}`} GPU programs`
}

/** The claim of the page, made only when the samples bear it out. */
function verdict(samples: readonly MemorySample[]): string {
  const flat = samples.length > 1 && samples.every(({ bytes }) => bytes === samples[0]?.bytes)
  return flat ? 'Read. Memory did not grow by a byte.' : 'Read.'
}
