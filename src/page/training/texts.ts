// Words about training retaining heads.
import type { TrainingSettings } from '../../index.ts'
import { formatCount, formatDuration, formatBytes } from '../format.ts'
import type { KeptTraining } from './kept_trainings.ts'

type Label = TrainingSettings['label']

/** What heads can learn: as a choice, explained, and in a list. */
export const labels: Record<Label, { choice: string; note: string; short: string }> = {
  share: {
    choice: 'Attention share',
    note: 'Learns what answers look back at: the largest share of attention that a token gets.',
    short: 'attention share',
  },
  answer: {
    choice: 'Attention score (Locret)',
    note: 'Learns the largest attention score before the softmax, as the official Locret does.',
    short: 'attention score',
  },
  repeat: {
    choice: 'Repeating',
    note: 'Learns what the model needs to write the text down again, with no question in mind. It is meant to keep more of what is asked later, and takes longer.',
    short: 'repeating',
  },
}

export const none = '–'
export const noData = 'There are no data yet: choose a file, or made-up documents.'
export const pause = 'Pause'
export const resume = 'Resume'
export const discard = 'Discard'

/** The status of a training: read aloud. */
export const status = {
  loading: 'Loading the model',
  downloading: 'Downloading the model',
  preparing: 'Preparing the GPU',
  training: 'Training',
  finishing: 'Finishing',
  pausing: 'Pausing after this step',
  stopping: 'Stopping after this step',
  restarting: 'The GPU was lost; starting it again',
  endedEarly: 'The training ended early',
}

/** What the start page says of it. */
export const elsewhere = {
  loading: 'Training, loading',
  training: 'Training',
  paused: 'Training, paused',
  trained: 'See the trained heads',
}

export const wasLost = 'The GPU was lost. The training resumes from its last checkpoint.'
export const headsKept = 'The trained heads are also kept in this browser.'

/** What each part of the bytes is for. */
export const purposes = {
  weights: 'the model, the heads, their optimizer',
  cache: 'keys and values, one layer at a time',
  scratch: 'what passes through the layers',
}

export function forModel(name: string): string {
  return `for ${name}`
}

export function stepOf(step: number, steps: number): string {
  return `${formatCount(step)} of ${formatCount(steps)}`
}

export function atStep(step: number, steps: number): string {
  return `Training, step ${stepOf(step, steps)}`
}

export function pausedAt(step: number): string {
  return `Paused at step ${formatCount(step)}`
}

export function stepKept(step: number): string {
  return `Step ${formatCount(step)} is kept in this browser: if the tab closes, you can continue from it.`
}

export function notKept(why: string): string {
  return `No checkpoint could be kept, so leave this tab open. ${why}`
}

export function ended(steps: number, planned: number): string {
  const count = `${formatCount(steps)} steps`
  return steps === planned ? `Trained: ${count}` : `Stopped after ${count}`
}

export function file({ name, size }: File): string {
  return `${name}, ${formatBytes(size)}`
}

export function layer(index: number): string {
  return `Layer ${index}`
}

export function kept({ settings, steps, data, savedAt }: KeptTraining): string {
  const ago = formatDuration(Math.max(1, (Date.now() - savedAt) / 1000))
  const parts = [
    `Step ${stepOf(steps, settings.steps)}`,
    data === undefined ? 'made-up documents' : data.name,
    labels[settings.label].short,
    `width ${formatCount(settings.hidden)}`,
    `length ${formatCount(settings.length)}`,
    `${ago} ago`,
  ]
  return parts.join(' · ')
}

export function goOn({ settings, steps }: KeptTraining): string {
  return steps < settings.steps ? `Go on from step ${formatCount(steps)}` : 'Take the heads'
}
