// Questions and answers about one document, streamed as plain text, each with its timings.
import type { LongDocument, Model, Passage, Preset, Turn } from '../../index.ts'
import { makeButton } from '../elements.ts'
import { errorCode, explain } from '../errors.ts'
import type { Speak } from '../spoken.ts'
import type { SampleQuestion } from '../../tasks/sample.ts'
import { fromTemplate } from '../template.ts'
import { createAnswerSettings } from './answer_settings.ts'
import { addEntry } from './entry.ts'
import html from './questions.html?raw'
import type { SurveyEntry } from './survey_entry.ts'
import { createUnasked } from './unasked.ts'

export interface Transcript {
  /**
   * Asks of this document from now on; with undefined nothing can be asked.
   * @param refuse why a question is not asked, in words for the user; undefined where it is
   * @param where in the document's file a passage stands, in words; '' where it has no places
   */
  attach(
    document: LongDocument | undefined,
    refuse?: (question: string) => string | undefined,
    where?: (passage: Passage) => string,
  ): void
  /**
   * Offers to draw tokens as the model's makers suggest.
   * @param remembers whether it may be asked anything: then it remembers what it was asked, and whole documents can be asked
   */
  suit(model: Model, remembers: boolean): void
  /**
   * What stands in the place of the questions where none are asked.
   * @param why '' where they are
   * @param real the model that suits this device
   */
  leaveUnasked(why: string, real: Preset | undefined): void
  /** Offers questions; an answer to one of them is shown beside what the text says. */
  suggest(questions: readonly SampleQuestion[]): void
  clear(): void
  stop(): void
  focus(): void
}

export interface TranscriptEvents {
  /** told of errors other than the user's own stop */
  readonly failed: (error: unknown) => void
  readonly chooseModel: () => void
  /** a source of an answer that the user asks to see */
  readonly source: (passage: Passage) => void
  /** the user wants the document read with the model that suits this device */
  readonly readWithReal: () => void
}

export function createTranscript(
  place: HTMLSlotElement,
  speak: Speak,
  on: TranscriptEvents,
): Transcript {
  const view = fromTemplate(html)
  const { part } = view
  const list = part('transcript', HTMLElement)
  const form = part('ask-form', HTMLFormElement)
  const question = part('question', HTMLTextAreaElement)
  const ask = part('ask', HTMLButtonElement)
  const askWhole = part('ask-whole', HTMLButtonElement)
  const stop = part('stop', HTMLButtonElement)
  const suggestions = part('suggestions', HTMLElement)
  const settings = createAnswerSettings(view)
  const unasked = createUnasked(view, on)
  view.place(place)

  let document: LongDocument | undefined
  let refuse: (question: string) => string | undefined = () => undefined
  let where: (passage: Passage) => string = () => ''
  let known: readonly SampleQuestion[] = []
  let answering: AbortController | undefined
  let hasSources = false
  /** whether the whole document can be asked, piece by piece */
  let surveys = false
  /** what was asked and answered, oldest first */
  let turns: readonly Turn[] = []

  const show = (): void => {
    const busy = answering !== undefined
    const hadFocus = [ask, askWhole, stop].some((button) => button.matches(':focus'))
    ask.hidden = busy
    askWhole.hidden = busy || !surveys
    stop.hidden = !busy
    if (hadFocus && busy) stop.focus()
    else if (hadFocus) question.focus()
    for (const button of [ask, askWhole, ...suggestions.querySelectorAll('button')]) {
      button.disabled = document === undefined
    }
  }

  /** @param before what stands before it: by default all that was asked */
  const run = async (words: string, before = turns, evenIfAbsent = false): Promise<void> => {
    if (document === undefined || answering !== undefined || words === '') return
    const entry = addEntry(list, words, speak, {
      source: on.source,
      where,
      answerAnyway: () => void run(words, before, true),
      askWhole: surveys ? () => void offer(words).catch(on.failed) : undefined,
      askAgain: () => void run(words, before),
      edit() {
        question.value = words
        question.focus()
      },
    })
    const refusal = refuse(words)
    if (refusal !== undefined) {
      entry.fail(refusal)
      return
    }
    const mine = (answering = new AbortController())
    show()
    try {
      const history = settings.remembers() ? before : []
      const answer = document.ask(words, {
        ...settings.options(),
        history,
        evenIfAbsent,
        onThinking: (text) => entry.think(text),
        signal: mine.signal,
      })
      for await (const piece of answer) entry.write(piece)
      const summary = await answer.summary
      const said = summary.text.trim()
      // a question that was asked again stands once, at its latest
      const others = turns.filter((turn) => turn.question !== words)
      if (said !== '') turns = [...others, { question: words, answer: said }]
      const expected = known.find((item) => item.question === words)?.answer
      entry.end(summary, { turns: history.length, expected, hasSources })
    } catch (error) {
      entry.fail(explain(error).message)
      if (!['aborted', 'closed'].includes(errorCode(error) ?? '')) on.failed(error)
    }
    answering = undefined
    show()
  }

  /** Offers to ask the whole document, with what it costs. */
  const offer = async (words: string): Promise<void> => {
    if (answering !== undefined || words === '') return
    const { addSurveyEntry } = await import('./survey_entry.ts')
    if (document === undefined) return
    const entry = addSurveyEntry(list, words, document, speak, {
      source: on.source,
      where,
      failed: on.failed,
      start: () => void survey(entry),
      notNow() {
        entry.remove()
        question.value = words
        question.focus()
      },
    })
  }

  const survey = async (entry: SurveyEntry): Promise<void> => {
    if (answering !== undefined) return
    const mine = (answering = new AbortController())
    show()
    stop.focus()
    try {
      await entry.run(mine.signal)
    } catch (error) {
      entry.fail(explain(error).message)
      if (!['aborted', 'closed'].includes(errorCode(error) ?? '')) on.failed(error)
    }
    answering = undefined
    show()
  }

  const submit = (): void => {
    const words = question.value.trim()
    if (answering !== undefined) return
    question.value = ''
    void run(words)
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  question.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    submit()
  })
  askWhole.addEventListener('click', () => {
    const words = question.value.trim()
    if (words === '') question.focus()
    question.value = ''
    offer(words).catch(on.failed)
  })
  stop.addEventListener('click', () => answering?.abort())
  show()

  return {
    attach(next, refusing = () => undefined, standing = () => '') {
      document = next
      refuse = refusing
      where = standing
      turns = []
      show()
    },
    suit(model, remembers) {
      hasSources = model.settings.recall !== 'none'
      surveys = model.settings.recall === 'passages' && remembers
      settings.suit(model, remembers)
      show()
    },
    leaveUnasked(why, real) {
      form.hidden = why !== ''
      unasked.show(why, real)
    },
    suggest(questions) {
      known = questions
      const buttons = questions.map((item) =>
        makeButton('chip', item.question, () => void run(item.question)),
      )
      suggestions.replaceChildren(...buttons)
      suggestions.hidden = questions.length === 0
      show()
    },
    clear: () => list.replaceChildren(),
    stop: () => answering?.abort(),
    focus: () => question.focus({ preventScroll: true }),
  }
}
