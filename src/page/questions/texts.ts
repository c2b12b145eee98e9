// Words about questions and answers.
import type { AnswerSummary, Preset, SuggestedSampling } from '../../index.ts'
import { formatBytes, formatCount, formatDuration, formatRate } from '../format.ts'

export const thinking = 'It is thinking.'
export const thinkingNow = 'It is thinking…'
export const thought = 'What it thought'
export const empty = '(empty answer)'

export function expected(answer: string): string {
  return `The log says: ${answer}.`
}

export const absent = 'The document does not speak of this, as far as its words tell.'
export const answerAnyway = 'Answer anyway'
export const askWhole = 'Ask the whole document'
export const askAgain = 'Ask again'
export const edit = 'Edit'
export const copy = 'Copy'
export const copied = 'Copied'
export const notCopied = 'Not allowed'

export const doubtful =
  'Asked again, the model does not find this answer in the passages. It may be made up.'

export function sourcesFound(count: number): string {
  return count === 1 ? 'One source in the document.' : `${count} sources in the document.`
}

const shownOfSource = 120

/**
 * @param index counted from 0
 * @param where in the document's file, or ''
 */
export function sourceNumber(index: number, where: string): string {
  return where === '' ? String(index + 1) : `${index + 1} · ${where}`
}

/** The same for who hears it, with how the source begins. */
export function sourceTitle(index: number, text: string, where: string): string {
  const words = text.trim().replaceAll(/\s+/g, ' ')
  const shown = words.length > shownOfSource ? `${words.slice(0, shownOfSource)}…` : words
  return `Source ${index + 1}${where === '' ? '' : `, ${where}`}: ${shown}`
}

const endings: Record<AnswerSummary['finish'], string> = {
  end: '',
  stop: '',
  length: 'cut at the longest answer allowed',
  aborted: 'stopped',
  absent: '',
}

/**
 * @param turns earlier ones that were sent along
 * @param hasSources whether passages were looked for
 */
export function timings(summary: AnswerSummary, turns: number, hasSources: boolean): string {
  const { reread, sources, doubtful, finish, ids, overflow, remembered } = summary
  const { timeToFirstTokenMs, decodeTokensPerSecond } = summary
  const parts = [
    ids.length > 0 ? `first token after ${formatDuration(timeToFirstTokenMs / 1000)}` : '',
    ids.length === 1 ? '1 token' : `${formatCount(ids.length)} tokens`,
    ids.length > 1 ? `${formatRate(decodeTokensPerSecond)} a second` : '',
    endings[finish],
    turns === 0 ? '' : after(remembered, turns - remembered),
    reread.length === 0 ? '' : readAgain(reread.length),
    hasSources && sources.length === 0 && !doubtful ? 'no passage states this' : '',
    overflow === 0 ? '' : lost(overflow),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function readAgain(passages: number): string {
  return passages === 1 ? '1 passage read again' : `${passages} passages read again`
}

function after(turns: number, left: number): string {
  const stood = turns === 1 ? 'after 1 earlier question' : `after ${turns} earlier questions`
  return left === 0 ? stood : `${stood}, ${left} older left out for lack of room`
}

/** What did not fit is said, never cut without a word. */
function lost(tokens: number): string {
  return `question and answer were ${formatCount(tokens)} tokens longer than the room behind the document, so parts of them were lost`
}

export function sampling({ temperature, topP, topK }: SuggestedSampling): string {
  return `as its makers suggest: temperature ${temperature}, top-p ${topP}, top-k ${topK}`
}

export const untrained = 'This is a test model with random weights.'
export const notItsLog = 'This demonstration cannot answer questions about your text.'
export const notItsQuestion =
  'The demonstration answers only the questions above about its own log. Choose a real model to ask freely.'

export function instead(real: Preset | undefined): string {
  const here =
    'It shows how reading and memory work; its answers would be noise, so none are given.'
  return real === undefined
    ? here
    : `${here} ${real.name} can answer: ${formatBytes(real.bytes)} to download, once.`
}

export function readWith({ name }: Preset): string {
  return `Read it with ${name}`
}
