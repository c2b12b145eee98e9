// One survey in the transcript: what it would cost, then how far it is, the answers about pieces and the joined answer.
import type { LongDocument, Passage, SurveyCost, SurveyPart, SurveySummary } from '../../index.ts'
import { make, makeButton } from '../elements.ts'
import type { Speak } from '../spoken.ts'
import * as answerTexts from './texts.ts'
import * as texts from './survey_texts.ts'

export interface SurveyEntryEvents {
  readonly start: () => void
  readonly notNow: () => void
  /** a piece that the user asks to see */
  readonly source: (passage: Passage) => void
  /** where in the document's file it stands, in words; '' where it has no places */
  readonly where: (passage: Passage) => string
}

export interface SurveyEntry {
  /** Runs the survey that was offered and shows what comes of it. Rejects with what the survey rejects with. */
  run(document: LongDocument, signal: AbortSignal): Promise<void>
  fail(message: string): void
  remove(): void
}

/** Offers a survey. */
export function addSurveyEntry(
  list: HTMLElement,
  question: string,
  cost: SurveyCost,
  speak: Speak,
  on: SurveyEntryEvents,
): SurveyEntry {
  const started = makeButton('primary', texts.start, on.start)
  const actions = make('p', 'entry-actions', started)
  actions.append(makeButton('quiet', texts.notNow, on.notNow))
  const notes = make('p', 'timings soft', texts.cost(cost))
  const answer = make('p', 'answer waiting')
  const summary = make('summary', '')
  const pieces = make('ol', 'pieces')
  const fold = make('details', 'fold', summary, pieces)
  answer.hidden = fold.hidden = true
  const entry = make('li', 'entry', make('h3', 'asked', question), answer, notes, actions, fold)
  entry.dataset['testid'] = 'survey'
  list.append(entry)
  entry.scrollIntoView({ block: 'nearest' })
  speak(texts.cost(cost))
  started.focus()

  const parts: SurveyPart[] = []
  const show = (part: SurveyPart): void => {
    parts.push(part)
    fold.hidden = false
    summary.textContent = texts.foldOf(parts)
    if (part.answer !== '') pieces.append(pieceOf(part, on))
  }
  const end = (result: SurveySummary): void => {
    answer.classList.remove('waiting')
    answer.hidden = result.text === ''
    if (result.text === '' && result.finish === 'end') {
      answer.hidden = false
      answer.replaceChildren(make('em', 'soft', answerTexts.empty))
    }
    // what was joined may lack what was found, so the whole of it is in sight
    fold.open = result.parts.length > 1
    notes.textContent = texts.joinedNote(result)
    speak(`${result.text} ${notes.textContent}`)
  }
  return {
    async run(document, signal) {
      actions.remove()
      answer.hidden = false
      const begun = performance.now()
      const tell = (done: number): void => {
        const seconds = (performance.now() - begun) / 1000
        const left = done === 0 ? undefined : (seconds / done) * (cost.pieces - done)
        notes.textContent =
          done === cost.pieces ? texts.joining : texts.progress(done, cost.pieces, left)
        if (isQuarter(done, cost.pieces)) speak(notes.textContent)
      }
      tell(0)
      const onPart = (part: SurveyPart): void => {
        show(part)
        tell(part.index + 1)
      }
      const survey = document.survey(question, { onPart, signal })
      for await (const piece of survey) answer.append(piece)
      end(await survey.summary)
    },
    fail(message) {
      answer.hidden = true
      notes.textContent = message
      speak(message)
    },
    remove: () => entry.remove(),
  }
}

/** Whether a quarter of all is full with this one. */
function isQuarter(done: number, all: number): boolean {
  return done === 0 || Math.floor((4 * done) / all) > Math.floor((4 * (done - 1)) / all)
}

/** The answer about a piece, and a button that shows the piece. */
function pieceOf(part: SurveyPart, on: SurveyEntryEvents): HTMLElement {
  const { passage, answer } = part
  const name = texts.pieceName(part, on.where(passage))
  const button = makeButton('quiet', name, () => on.source(passage))
  button.title = texts.pieceTitle(part)
  return make('li', 'piece', button, make('p', 'piece-answer', answer))
}
