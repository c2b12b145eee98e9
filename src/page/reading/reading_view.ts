// The instrument while it works: what is happening, how far, how fast, how long still, and the memory it takes.
import {
  type LongDocument,
  type Memory,
  type Progress,
  keyValueBytes,
  totalBytes,
} from '../../index.ts'
import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'
import { createHeatLegend } from '../kept/heat_legend.ts'
import { createHeatStrip } from '../kept/heat_strip.ts'
import { createMemoryChart, type MemorySample } from './memory_chart.ts'
import { createNowReading } from './now_reading.ts'
import html from './reading.html?raw'
import type { ReadingRequest } from '../session.ts'
import type { Speak } from '../spoken.ts'
import type { PageStore } from '../state.ts'
import { fromTemplate } from '../template.ts'
import { createTellWhenRead } from './tell_when_read.ts'
import * as texts from './texts.ts'

export interface ReadingView {
  begin(request: ReadingRequest): void
  progress(progress: Progress): void
  memory(memory: Memory): void
  finish(document: LongDocument, request: Pick<ReadingRequest, 'skim' | 'saved' | 'document'>): void
  /** Whether the focus is on the button that cancels, which goes away at the end. */
  hasFocus(): boolean
}

export interface ReadingEvents {
  readonly cancel: () => void
  /** a token of the document that the user asks to see */
  readonly seek: (token: number) => void
}

export function createReadingView(
  place: HTMLSlotElement,
  store: PageStore,
  speak: Speak,
  on: ReadingEvents,
): ReadingView {
  const view = fromTemplate(html)
  const { part } = view
  const instrument = part('instrument', HTMLElement)
  const figures = part('figures', HTMLDetailsElement)
  const status = part('reading-status', HTMLElement)
  const cancel = part('cancel', HTMLButtonElement)
  const timeLabel = part('out-time-label', HTMLElement)
  const readouts = {
    tokens: part('out-tokens', HTMLElement),
    speed: part('out-speed', HTMLElement),
    time: part('out-time', HTMLElement),
    memory: part('out-memory', HTMLElement),
    growing: part('out-growing', HTMLElement),
    weights: part('now-weights', HTMLElement),
    cache: part('now-cache', HTMLElement),
    scratch: part('now-scratch', HTMLElement),
  }
  const note = part('tape-note', HTMLElement)
  const chart = createMemoryChart(view)
  const glimpse = createNowReading(view)
  const teller = createTellWhenRead(view)
  const strip = createHeatStrip(view, store, on.seek)
  createHeatLegend(view, store)
  view.place(place)
  cancel.addEventListener('click', on.cancel)

  let samples: MemorySample[] = []
  let split: Memory | undefined
  let totalTokens = 0
  let perToken = 0
  let saidQuarter = ''

  const put = (readout: keyof typeof readouts, words: string): void => {
    readouts[readout].textContent = words
  }

  /** Only when it changes: the status is read aloud. */
  const say = (words: string): void => {
    if (status.textContent !== words) status.textContent = words
  }

  /** Often enough to know that it goes on, and no oftener. */
  const sayQuarters = (share: number, phase: Progress['phase']): void => {
    const quarter = Math.floor(share * 4)
    const words = texts.shareDone(quarter / 4, phase)
    if (phase === 'compile' || quarter < 1 || quarter > 3 || words === saidQuarter) return
    saidQuarter = words
    speak(words)
  }

  const grown = (tokens: number): number =>
    (split?.weights ?? 0) + (split?.scratch ?? 0) + perToken * tokens

  const draw = (): void => {
    const now = samples.at(-1)
    if (split === undefined) return
    put('weights', formatBytes(split.weights))
    put('cache', formatBytes(split.cache))
    put('scratch', formatBytes(split.scratch))
    put('memory', formatBytes(totalBytes(split)))
    if (now === undefined) return
    put('growing', formatBytes(grown(now.tokens)))
    chart.draw({ samples, memory: split, totalTokens, grown })
  }

  return {
    begin({ candidate, settings, document: { text } }) {
      glimpse.begin(text)
      teller.begin()
      samples = []
      split = undefined
      totalTokens = 0
      saidQuarter = ''
      perToken = keyValueBytes(candidate.description, settings.storage.cache)
      chart.clear()
      strip.fill(0)
      cancel.hidden = false
      instrument.classList.remove('done')
      figures.open = true
      timeLabel.textContent = texts.timeLeft
      note.textContent = ''
      for (const readout of Object.values(readouts)) readout.textContent = texts.none
      say(texts.loading)
      document.title = texts.title('Loading')
    },
    progress(progress) {
      const { phase, done, perSecond, secondsLeft, gpuBytes } = progress
      const share = Math.min(1, progress.share ?? (progress.total ? done / progress.total : 0))
      // when all is loaded the GPU is still to be prepared, for how long is not known
      const isKnown = secondsLeft !== undefined && share < 1
      put('time', isKnown ? formatDuration(Math.ceil(secondsLeft)) : texts.none)
      document.title = texts.title(texts.shareDone(share, phase))
      strip.fill(share)
      sayQuarters(share, phase)
      if (phase !== 'read') {
        if (phase === 'download') say(texts.downloading)
        else if (phase === 'open') say(texts.opening)
        else say(phase === 'load' && share < 1 ? texts.loading : texts.preparing)
        note.textContent = texts.loaded(progress)
        if (gpuBytes > 0) put('memory', formatBytes(gpuBytes))
        return
      }
      say(texts.reading)
      teller.at(secondsLeft)
      glimpse.at(share)
      totalTokens = Math.max(done, progress.total ?? (share > 0 ? done / share : done))
      note.textContent = texts.shareOfDocument(share)
      put('tokens', formatCount(done))
      put('speed', done === 0 ? texts.none : formatRate(perSecond))
      samples.push({ tokens: done, bytes: gpuBytes })
      draw()
    },
    memory(memory) {
      split = memory
      // What the model takes before the first token is where the line begins.
      if (samples.length === 0) samples.push({ tokens: 0, bytes: totalBytes(memory) })
      draw()
    },
    finish(read, { skim, saved, document: { text } }) {
      const seconds = read.readMs / 1000
      cancel.hidden = true
      glimpse.end()
      teller.end(text.name)
      instrument.classList.add('done')
      figures.open = false // the room is the text's now
      const measured = read.gpuBytesOverRead.map(([tokens, bytes]) => ({ tokens, bytes }))
      samples = [...samples.filter(({ tokens }) => tokens === 0), ...measured]
      totalTokens = read.tokens
      put('tokens', formatCount(read.tokens))
      const rate = read.prefilled / Math.max(seconds, 1e-3)
      put('speed', rate === 0 ? texts.none : formatRate(rate))
      timeLabel.textContent = texts.took
      put('time', formatDuration(seconds))
      draw()
      const asRead = isFlat(samples) ? texts.readInFlatMemory : texts.read
      const told = saved?.isWhole === true ? texts.opened : skim ? texts.skimmed : asRead
      say(read.hostBytes === 0 ? told : `${told} ${texts.beside(read.hostBytes)}`)
    },
    hasFocus: () => document.activeElement === cancel,
  }
}

/** The claim of the page, made only when the samples bear it out. */
function isFlat(samples: readonly MemorySample[]): boolean {
  return samples.length > 1 && samples.every(({ bytes }) => bytes === samples[0]?.bytes)
}
