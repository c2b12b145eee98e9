// What the engine's side of `ask` calls: the answer goes to stdout, everything else to stderr, questions come from stdin.
import { createInterface } from 'node:readline'
import type { Progress } from '../../src/api/progress.ts'
import type { SurveyCost, SurveyPart } from '../../src/api/survey.ts'
import { progressPrinter } from '../shell/progress.ts'
import { asTyped } from '../shell/typed.ts'
import { sourceLines, type Grounded } from './source_lines.ts'
import { costLine, partLines } from './survey_lines.ts'

/** By the names that ask/page.ts calls them by. */
export interface Listeners {
  onProgress(at: Progress): void
  onNote(note: string): void
  onPiece(text: string): void
  onThinking(text: string): void
  onSources(grounded: Grounded): void
  onCost(cost: SurveyCost): void
  onPart(part: SurveyPart, isJoined: boolean): void
  /** undefined at the end of standard input */
  nextQuestion(): Promise<string | undefined>
}

/** @param isQuiet where standard output is for the record */
export function createListeners(isQuiet: boolean): Listeners {
  const progress = progressPrinter(process.stderr)
  let questions: AsyncIterator<string> | undefined // opened at the first question, since the document may come from standard input
  const say = (text: string): void => {
    progress.clear()
    process.stderr.write(text)
  }
  const sayAll = (lines: readonly string[]): void => lines.forEach((line) => say(`${line}\n`))
  return {
    onProgress: (at) => progress.show(at),
    onNote: (note) => say(`${asTyped(note)}\n`),
    onPiece(text) {
      progress.clear()
      if (!isQuiet) process.stdout.write(text)
    },
    onThinking: say,
    onSources: (grounded) => sayAll(sourceLines(grounded)),
    onCost: (cost) => sayAll([costLine(cost)]),
    onPart: (part, isJoined) => sayAll(partLines(part, isJoined)),
    nextQuestion() {
      questions ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]()
      return nextLine(questions)
    },
  }
}

/** The next line with a question; undefined at the end. */
async function nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
  for (;;) {
    const line = await lines.next()
    if (line.done === true) return undefined
    if (line.value.trim() !== '') return line.value
  }
}
