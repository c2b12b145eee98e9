// The instrument of a training: what is happening, how far, how long still, the curves, and what can be done about it.
import type { Progress, TrainedHeads, TrainingProgress } from '../../index.ts'
import { byId } from '../elements.ts'
import { formatBytes, formatCount, formatDuration, formatShare } from '../format.ts'
import { formatLoss, meanOverlap, smoothedLosses } from './curves.ts'
import { createTrainingCharts, type Curves } from './training_charts.ts'

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
}

export function createTrainingView(): TrainingView {
  const status = byId('training-status', HTMLElement)
  const bar = byId('training-progress', HTMLElement)
  const pause = byId('training-pause', HTMLButtonElement)
  const stop = byId('training-stop', HTMLButtonElement)
  const charts = createTrainingCharts()

  const put = (id: string, words: string): void => {
    byId(id, HTMLElement).textContent = words
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
    put('training-step', `${formatCount(losses.length)} of ${formatCount(total)}`)
    put('training-loss', loss === undefined ? '–' : formatLoss(loss))
    put('training-overlap', look === undefined ? '–' : formatShare(meanOverlap(look.byLayer)))
    fill(losses.length / total)
    charts.draw(curves)
  }

  const become = (state: TrainingState, words: string): void => {
    const going = state === 'running' || state === 'paused'
    const hadFocus = [pause, stop].includes(document.activeElement as HTMLButtonElement)
    pause.hidden = stop.hidden = !going
    pause.textContent = state === 'paused' ? 'Resume' : 'Pause'
    byId('training-result', HTMLElement).hidden = state !== 'ended'
    say(words)
    if (hadFocus && !going) status.focus({ preventScroll: true })
  }

  return {
    offer(total) {
      charts.draw({ total, losses: [], looks: [] })
    },
    begin(total) {
      draw({ total, losses: [], looks: [] })
      put('training-time', '–')
      put('training-memory', '–')
      put('training-note', '')
      pause.disabled = stop.disabled = true
      become('running', 'Loading the model')
    },
    progress(progress) {
      const { phase, done, total, secondsLeft, gpuBytes } = progress
      if (gpuBytes > 0) put('training-memory', formatBytes(gpuBytes))
      const left = secondsLeft === undefined ? '–' : formatDuration(Math.ceil(secondsLeft))
      put('training-time', left)
      if (phase === 'train') {
        pause.disabled = stop.disabled = false
        draw(progress)
        return
      }
      if (phase === 'download') say('Downloading the model')
      else say(phase === 'load' && done !== total ? 'Loading the model' : 'Preparing the GPU')
      fill(total === undefined ? 0 : done / total)
    },
    become,
    note: (words) => put('training-note', words),
    finish({ losses, looks, settings }) {
      draw({ total: settings.steps, losses, looks })
      put('training-time', '–')
      const all = losses.length === settings.steps
      const steps = `${formatCount(losses.length)} steps`
      become('ended', all ? `Trained: ${steps}` : `Stopped after ${steps}`)
    },
  }
}
