// Words about the settings.
import { fileFormats } from '../../index.ts'
import type { CacheStorage, Candidate, PositionKind, Recall, WeightStorage } from '../../index.ts'
import { asSentence } from '../errors.ts'
import { formatAmount, formatBytes, formatMultiple } from '../format.ts'

export const positionWords: Record<PositionKind, string> = {
  slot: 'by slot (Locret)',
  original: 'as in the document',
}

export const recallWords: Record<Recall, string> = {
  none: 'what was kept',
  units: 'tokens that the question chooses',
  passages: 'passages, read again',
}

export const weightWords: Record<WeightStorage, string> = {
  file: 'as in the file',
  f16: '16 bit',
  f32: '32 bit',
  q8: '8 bit',
  q4: '4 bit',
}

export const cacheWords: Record<CacheStorage, string> = {
  f32: '32 bit',
  f16: '16 bit',
  int8: '8 bit',
  int4: '4 bit',
}

const ofTensors = fileFormats.filter(({ holds }) => holds === 'tensors')
const tensorEndings = ofTensors.map(({ ending }) => ending).join(',')
const tensorFormats = ofTensors.map(({ name }) => name).join(' or ')

/** What the field of a file beside the model says. */
export const companions = {
  heads: {
    title: 'Retaining heads',
    name: 'retaining heads',
    file: 'heads file',
    accept: tensorEndings,
  },
  compressor: {
    title: 'Compressor',
    name: 'compressor',
    file: 'compressor file',
    accept: tensorEndings,
  },
}

export function heads({ heads, headsNote }: Pick<Candidate, 'heads' | 'headsNote'>): string {
  return heads ? asSentence(headsNote) : `Optional: a ${tensorFormats} file trained for this model.`
}

export function compressor({ compressor }: Pick<Candidate, 'compressor'>): string {
  return compressor
    ? `In use: ${compressor.name}, ${compressor.merged} merged slots, convolutions of ${compressor.taps} taps.`
    : 'Optional: LoCoCo’s convolutions, a file trained for this model.'
}

export const headsMissing =
  'Choosing by learned scores needs retaining heads: add a file below, or train some.'
export const compressorMissing = 'Merging needs a compressor: add a file below.'

export function mergingCost(perToken: number, modelPerToken: number, bytes: number): string {
  return `Merging costs ${formatAmount(perToken)} multiply-adds a token, ${formatMultiple(perToken / modelPerToken)} the model’s own ${formatAmount(modelPerToken)}, and ${formatBytes(bytes)} for the compressor.`
}

export function bufferLimit(bytes: number): string {
  return `This GPU allows ${formatBytes(bytes)} in one buffer.`
}
