// Words about the model: the list, what was found of a choice, and what this browser keeps.
import { fileFormats, type Candidate, type StoredModel } from '../../index.ts'
import { asSentence } from '../errors.ts'
import { formatBytes, formatBytesApart, formatCount } from '../format.ts'
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

/** What it takes, what it comes with, and whose it is. */
export function offer({ preset, needed, heads }: Offer): string[] {
  const { bytes, approximate, license, source, config, answersRight } = preset
  const about = approximate ? 'about ' : ''
  const beside = preset.heads?.bytes ?? 0
  const window = formatCount(Number(config['max_position_embeddings']))
  const owner = source.replace(/\/.*/, '')
  return [
    `${about}${formatBytes(bytes + beside)} to download · ${formatBytes(needed)} on the GPU`,
    ...(answersRight === undefined
      ? []
      : [`answered ${answersRight} of 30 questions about a novel`]),
    offeredHeads[heads],
    `${license} · window ${window} · from ${owner}`,
  ]
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
