// The instrument of a training: what is happening, how far, how long still, the curves, and what can be done about it.
import type { Progress, TrainedHeads, TrainingProgress } from '../../index.ts'
import { formatBytes, formatDuration, formatShare } from '../format.ts'
import { formatLoss, meanOverlap, smoothedLosses } from './curves.ts'
import { fromTemplate } from '../template.ts'
import * as texts from './texts.ts'
import { createTrainingCharts, type Curves } from './training_charts.ts'
import html from './training_view.html?raw'

export type TrainingState = 'idle' | 'running' | 'paused' | 'ended'

export interface TrainingView {
  /** The empty charts of a training that may be started. */
  offer(total: number): void
  begin(total: number): void
  progress(progress: Progress | TrainingProgress): void
  /** Shows these buttons; the status, which is read aloud, says so in words. */
  become(state: TrainingState, words: string): void
  /** Below the curves: checkpoints, losses of the GPU. */
  note(words: string): void
  finish(heads: TrainedHeads): void
  /** Brings it into view, with the focus on what it says. */
  focus(): void
}

export interface TrainingViewEvents {
  readonly pause: () => void
  readonly stop: () => void
  readonly use: () => void
  readonly download: () => void
}

export function createTrainingView(place: HTMLSlotElement, on: TrainingViewEvents): TrainingView {
  const view = fromTemplate(html)
  const { part } = view
  const instrument = part('training-instrument', HTMLElement)
  const status = part('training-status', HTMLElement)
  const bar = part('training-progress', HTMLElement)
  const pause = part('training-pause', HTMLButtonElement)
  const stop = part('training-stop', HTMLButtonElement)
  const readouts = {
    step: part('training-step', HTMLElement),
    loss: part('training-loss', HTMLElement),
    overlap: part('training-overlap', HTMLElement),
    time: part('training-time', HTMLElement),
    memory: part('training-memory', HTMLElement),
  }
  const note = part('training-note', HTMLElement)
  const result = part('training-result', HTMLElement)
  const use = part('training-use', HTMLButtonElement)
  const downloadButton = part('training-download', HTMLButtonElement)
  const charts = createTrainingCharts(view)
  view.place(place)

  pause.addEventListener('click', on.pause)
  stop.addEventListener('click', on.stop)
  use.addEventListener('click', on.use)
  downloadButton.addEventListener('click', on.download)

  const put = (readout: keyof typeof readouts, words: string): void => {
    readouts[readout].textContent = words
  }

  const say = (words: string): void => {
    if (status.textContent !== words) status.textContent = words
  }

  const fill = (share: number): void => {
    bar.setAttribute('aria-valuenow', String(Math.round(100 * share)))
    bar.style.setProperty('--share', String(share))
  }

  const draw = (curves: Curves): void => {
    const { losses, looks, total } = curves
    const loss = smoothedLosses(losses, total).at(-1)
    const look = looks.at(-1)
    put('step', texts.stepOf(losses.length, total))
    put('loss', loss === undefined ? texts.none : formatLoss(loss))
    put('overlap', look === undefined ? texts.none : formatShare(meanOverlap(look.byLayer)))
    fill(losses.length / total)
    charts.draw(curves)
  }

  const become = (state: TrainingState, words: string): void => {
    const going = state === 'running' || state === 'paused'
    const hadFocus = [pause, stop].includes(document.activeElement as HTMLButtonElement)
    pause.hidden = stop.hidden = !going
    pause.textContent = state === 'paused' ? texts.resume : texts.pause
    result.hidden = state !== 'ended'
    say(words)
    if (hadFocus && !going) status.focus({ preventScroll: true })
  }

  return {
    offer(total) {
      charts.draw({ total, losses: [], looks: [] })
    },
    begin(total) {
      draw({ total, losses: [], looks: [] })
      put('time', texts.none)
      put('memory', texts.none)
      note.textContent = ''
      pause.disabled = stop.disabled = true
      become('running', texts.status.loading)
    },
    progress(progress) {
      const { phase, done, total, secondsLeft, gpuBytes } = progress
      if (gpuBytes > 0) put('memory', formatBytes(gpuBytes))
      const left = secondsLeft === undefined ? texts.none : formatDuration(Math.ceil(secondsLeft))
      put('time', left)
      if (phase === 'train') {
        pause.disabled = stop.disabled = false
        draw(progress)
        return
      }
      if (phase === 'download') say(texts.status.downloading)
      else say(phase === 'load' && done !== total ? texts.status.loading : texts.status.preparing)
      fill(total === undefined ? 0 : done / total)
    },
    become,
    note(words) {
      note.textContent = words
    },
    finish({ losses, looks, settings }) {
      draw({ total: settings.steps, losses, looks })
      put('time', texts.none)
      become('ended', texts.ended(losses.length, settings.steps))
    },
    focus() {
      status.focus({ preventScroll: true })
      instrument.scrollIntoView({ block: 'nearest' })
    },
  }
}
