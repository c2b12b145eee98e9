// Words about a survey: a question that every piece of the document is asked.
import type { SurveyCost, SurveyPart, SurveySummary } from '../../index.ts'
import { formatCount, formatDuration } from '../format.ts'

export const start = 'Start'
export const notNow = 'Not now'
export const join = 'Join the answers into one text at the end'
export const joinNote = 'for summaries; it leaves things out of lists'
export const begun = 'Reading the first piece…'
export const joining = 'Joining the answers…'
export const doubtful = 'In other words than the piece: it may be made up.'
export const nothing = 'No piece answered this.'

/** Before it starts; figures are the most that it takes. */
export function cost({ pieces, readTokens, writtenTokens, seconds }: SurveyCost): string {
  const work =
    pieces === 1
      ? 'reads the whole document again in one piece'
      : `reads the whole document again in ${formatCount(pieces)} pieces and asks each`
  const tokens = `${formatCount(readTokens)} tokens to read, ${formatCount(writtenTokens)} to write at most`
  const time =
    seconds === undefined
      ? 'How long it takes shows once the first piece is done.'
      : `It takes ${formatDuration(seconds)} at most, as fast as it went so far.`
  return `This ${work}: ${tokens}. ${time}`
}

export function progress(done: number, pieces: number, secondsLeft: number): string {
  const at = `Piece ${formatCount(done + 1)} of ${formatCount(pieces)}`
  return `${at} · about ${formatDuration(secondsLeft)} left`
}

/** Of the fold with the answers about pieces. */
export function foldOf(parts: readonly SurveyPart[]): string {
  const found = parts.filter(({ answer }) => answer !== '').length
  return `Answers about the pieces: ${formatCount(found)} of ${formatCount(parts.length)}`
}

/** @param where in the document's file, or '' */
export function pieceName({ index }: SurveyPart, where: string): string {
  return where === '' ? `Piece ${formatCount(index + 1)}` : where
}

export function pieceTitle({ index, pieces }: SurveyPart): string {
  return `Show piece ${formatCount(index + 1)} of ${formatCount(pieces)} in the document`
}

/** What the reader of a survey must know. @param isJoined whether the model joined its answers */
export function endNote({ parts, finish }: SurveySummary, isJoined: boolean): string {
  const unfounded = parts.reduce((sum, part) => sum + part.unfounded, 0)
  const cut = parts.filter((part) => part.cut).length
  const notes = [
    finish === 'aborted' ? 'Stopped: the pieces after this were not asked.' : '',
    isJoined && finish !== 'aborted'
      ? 'The model joined this from its answers about the pieces. It may leave some out: the list below has them all.'
      : '',
    finish === 'length' ? 'It was cut at the longest answer allowed.' : '',
    unfounded === 0 ? '' : leftOut(unfounded),
    cut === 0 ? '' : cutParts(cut),
  ]
  return notes.filter((note) => note !== '').join(' ')
}

function leftOut(lines: number): string {
  return lines === 1
    ? 'One line was left out, as its number stands nowhere in its piece.'
    : `${formatCount(lines)} lines were left out, as their numbers stand nowhere in their pieces.`
}

function cutParts(parts: number): string {
  return parts === 1
    ? 'The answer about one piece was cut.'
    : `The answers about ${formatCount(parts)} pieces were cut.`
}
