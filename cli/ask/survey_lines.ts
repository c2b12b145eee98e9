// A survey in lines for a terminal: what it costs, and what each piece answered.
import type { SurveyCost, SurveyPart } from '../../src/api/survey.ts'
import { whereIs } from './source_lines.ts'

export function costLine({ pieces, readTokens, writtenTokens, seconds }: SurveyCost): string {
  const time = seconds === undefined ? '' : `, ${Math.ceil(seconds)} s at the speed so far`
  return `the survey reads ${pieces} pieces: ${readTokens} tokens, and writes ${writtenTokens} at most${time}`
}

/** @param withAnswer else it is left to standard output */
export function partLines(part: SurveyPart, withAnswer: boolean): string[] {
  const { index, pieces, passage, answer, unfounded, doubtful } = part
  const head = `[${index + 1}/${pieces}] ${whereIs(passage)}:${answer === '' ? ' nothing' : ''}`
  const lines = withAnswer && answer !== '' ? answer.split('\n').map((line) => `  ${line}`) : []
  const left =
    unfounded === 0 ? [] : [`  (${unfounded} lines left out: numbers that are not there)`]
  const doubt = doubtful ? ['  (in other words than the piece; it may be made up)'] : []
  return [head, ...lines, ...doubt, ...left]
}
