// Words about the model: the list, what was found of a choice, and what this browser keeps.
import {
  fileFormats,
  type Candidate,
  type DeviceSpeed,
  type ExpectedSpeed,
  type StoredModel,
} from '../../index.ts'
import { asSentence } from '../errors.ts'
import { formatBytes, formatBytesApart, formatCount, formatRate } from '../format.ts'
import type { Offer } from './offers.ts'

const modelEndings = fileFormats
  .filter(({ holds }) => holds === 'model')
  .map(({ ending }) => ending)

/** What model.html says of files that are a whole model. */
export const modelFiles = {
  accept: modelEndings.join(','),
  endings: modelEndings.join(' or '),
  example: `file${modelEndings[0] ?? ''}`,
}

export const looking = 'Looking at the model…'
export const untrained = 'not trained'
export const noHeads = 'no retaining heads'
export const train = 'Train retaining heads'
export const use = 'Use'
export const remove = 'Delete'

export const demonstration = {
  name: 'A demonstration of the mechanism',
  facts:
    'Longtab Small, 2.8 million parameters, comes with this page. It answers the questions of its own sample log and no others.',
}

export const cardTitles = {
  all: 'What to expect of it',
  can: 'What it can do',
  cannot: 'What it cannot do',
  scores: 'Measured',
}

export function shape(description: Candidate['description']): string {
  const { layers, kvHeads, headSize, vocabulary, maxPositions } = description
  return `${layers} layers, ${kvHeads} key-value heads of ${headSize}, a vocabulary of ${formatCount(vocabulary)} tokens, trained for ${formatCount(maxPositions)} positions`
}

export function withoutOfficialHeads(why: string): string {
  return `Its official retaining heads could not be loaded, so it reads without them. ${why}`
}

export function heads({ heads, headsNote }: Candidate): string {
  const effect =
    heads === undefined
      ? 'A fixed rule decides what to keep; nothing was learned for it.'
      : 'They learned what to keep.'
  return `${asSentence(headsNote)} ${effect}`
}

const offeredHeads: Record<Offer['heads'], string> = {
  ours: 'learned what to keep (heads of ours)',
  official: 'learned what to keep (official heads)',
  none: 'keeps the newest (no heads)',
}

/** What tells one offer from the others: its size, its speed here, and what is good about it. */
export function offer({ preset, needed, heads, expected }: Offer): string[] {
  const { answersRight, thinks } = preset
  const good = [
    ...(answersRight === undefined
      ? []
      : [`answered ${answersRight} of 30 questions about a novel`]),
    ...(heads === 'none' ? [] : [offeredHeads[heads]]),
    ...(thinks ? ['can think before it answers'] : []),
  ]
  const lines = [
    `${formatBytes(needed)} on the GPU`,
    expected === undefined ? '' : speed(expected),
    good.join(' · '),
  ]
  return lines.filter((line) => line !== '')
}

/** What of the chosen one is said nowhere else. */
export function offerDetails({ preset, window }: Offer): string {
  const { bytes, approximate, license, source } = preset
  const about = approximate ? 'about ' : ''
  const beside = preset.heads?.bytes ?? 0
  const owner = source.replace(/\/.*/, '')
  return `${about}${formatBytes(bytes + beside)} to download · ${license} · window ${formatCount(window)} · from ${owner}`
}

function speed({ reading, answering }: ExpectedSpeed): string {
  return `reads about ${roughly(reading)}, answers about ${roughly(answering)} tokens a second`
}

/** An estimate has no more than two digits. */
function roughly(perSecond: number): string {
  return formatRate(Number(perSecond.toPrecision(2)))
}

export const offerGroups = {
  fits: 'Fits this device',
  well: 'Runs well on this device',
  slow: 'Fits, but is slow on this device',
  own: 'Comes with this page',
}

export function chooseAmong(fitting: number): string {
  return `Choose another model: ${fitting} ${fitting === 1 ? 'fits' : 'fit'} this device`
}

export function misfits(count: number): string {
  return count === 1 ? '1 model does not fit this device' : `${count} models do not fit this device`
}

export const measuring = 'Measuring this GPU…'
export const slowWithoutGpu = 'This device computes without a GPU: every model is slow on it.'
export const notMeasured = 'This GPU could not be measured, so that speeds are not known.'

export function estimated({ measuredMs }: DeviceSpeed): string {
  return `Speeds are estimated from a measurement of ${formatCount(Math.max(1, measuredMs))} ms.`
}

/** @param room bytes of the device's memory that a model may take */
export function tooLarge(needed: number, memory: number, room: number): string {
  const [more, fewer] = formatBytesApart(needed, room)
  return `It needs ${more} and this device, with ${formatBytes(memory)} in all, has ${fewer} for it.`
}

export function storedInAll(models: number, bytes: number): string {
  const count = models === 1 ? '1 model' : `${models} models`
  return `Stored in this browser: ${count}, ${formatBytes(bytes)}`
}

export function stored({ bytes, revision, unfinished }: StoredModel): string {
  const parts = [
    formatBytes(bytes),
    ...(revision === undefined || revision === 'main' ? [] : [revision]),
    ...(unfinished.length === 0
      ? []
      : ['incomplete: the download continues when you read with it']),
  ]
  return parts.join(' · ')
}
