// One survey in the transcript: what it would cost, then how far it is and what each piece answered. Where the answers are joined,
// the joined one stands above them.
import type { LongDocument, Passage, SurveyPart, SurveySummary } from '../../index.ts'
import { make, makeButton } from '../elements.ts'
import type { Speak } from '../spoken.ts'
import * as texts from './survey_texts.ts'

export interface SurveyEntryEvents {
  readonly start: () => void
  readonly notNow: () => void
  readonly failed: (error: unknown) => void
  /** a piece that the user asks to see */
  readonly source: (passage: Passage) => void
  /** where in the document's file it stands, in words; '' where it has no places */
  readonly where: (passage: Passage) => string
}

export interface SurveyEntry {
  /** Runs the survey that was offered and shows what comes of it. Rejects with what the survey rejects with. */
  run(signal: AbortSignal): Promise<void>
  fail(message: string): void
  remove(): void
}

/** Offers a survey. */
export function addSurveyEntry(
  list: HTMLElement,
  question: string,
  document: LongDocument,
  speak: Speak,
  on: SurveyEntryEvents,
): SurveyEntry {
  const start = makeButton('primary', texts.start, on.start)
  const buttons = make('p', 'entry-actions', start)
  buttons.append(makeButton('quiet', texts.notNow, on.notNow))
  const join = make('input', '')
  join.type = 'checkbox'
  const joining = make('label', 'check', join, `${texts.join} (${texts.joinNote})`)
  const offer = make('div', 'survey-offer', joining, buttons)
  const notes = make('p', 'timings soft')
  const answer = make('p', 'answer waiting')
  const summary = make('summary', '')
  const answers = make('ol', 'parts')
  const fold = make('details', 'fold', summary, answers)
  answer.hidden = fold.hidden = true
  const entry = make('li', 'entry', make('h3', 'asked', question), answer, notes, offer, fold)
  entry.dataset['testid'] = 'survey'
  list.append(entry)

  const tell = (words: string): void => {
    notes.textContent = words
    speak(words)
  }
  const tellCost = (): void => {
    document.surveyCost({ join: join.checked }).then((cost) => {
      tell(texts.cost(cost))
      entry.scrollIntoView({ block: 'nearest' })
    }, on.failed)
  }
  join.addEventListener('change', tellCost)
  tellCost()
  start.focus()

  const begin = (isJoined: boolean): void => {
    offer.remove()
    answer.hidden = !isJoined
    fold.open = !isJoined
  }
  const show = (part: SurveyPart): void => {
    fold.hidden = false
    if (part.answer === '') return
    answers.append(partOf(part, on))
    if (fold.open) speak(part.doubtful ? `${part.answer} ${texts.doubtful}` : part.answer)
  }
  const end = (result: SurveySummary, isJoined: boolean): void => {
    answer.classList.remove('waiting')
    answer.hidden = !isJoined || result.text === ''
    if (result.text === '' && result.finish === 'end') {
      answer.hidden = false
      answer.replaceChildren(make('em', '', texts.nothing))
    }
    fold.open = true // a joined answer may lack what the list has
    tell(texts.endNote(result, isJoined))
    if (isJoined) speak(result.text)
  }
  return {
    async run(signal) {
      const isJoined = join.checked
      const begun = performance.now()
      begin(isJoined)
      const parts: SurveyPart[] = []
      const onPart = (part: SurveyPart): void => {
        parts.push(part)
        show(part)
        summary.textContent = texts.foldOf(parts)
        const left = part.pieces - parts.length
        const secondsEach = (performance.now() - begun) / 1000 / parts.length
        const words =
          left > 0
            ? texts.progress(parts.length, part.pieces, left * secondsEach)
            : isJoined
              ? texts.joining
              : ''
        notes.textContent = words
        if (isQuarter(parts.length, part.pieces)) speak(words)
      }
      tell(texts.begun)
      const survey = document.survey(question, { join: isJoined, onPart, signal })
      for await (const piece of survey) if (isJoined) answer.append(piece)
      end(await survey.summary, isJoined)
    },
    fail(message) {
      answer.hidden = true
      tell(message)
    },
    remove: () => entry.remove(),
  }
}

/** Whether a quarter of all is full with this one. */
function isQuarter(done: number, all: number): boolean {
  return Math.floor((4 * done) / all) > Math.floor((4 * (done - 1)) / all)
}

/** The answer about a piece, and a button that shows the piece. */
function partOf(part: SurveyPart, on: SurveyEntryEvents): HTMLElement {
  const { passage, answer } = part
  const name = texts.pieceName(part, on.where(passage))
  const button = makeButton('quiet', name, () => on.source(passage))
  button.title = texts.pieceTitle(part)
  const item = make('li', 'part', button, make('p', 'part-answer', answer))
  if (part.doubtful) {
    item.classList.add('doubtful')
    item.append(make('p', 'soft', texts.doubtful))
  }
  return item
}
