// Questions and answers about one document, streamed as plain text, each with its timings.
import type {
  AnswerSummary,
  AskOptions,
  LongDocument,
  Model,
  SuggestedSampling,
  Turn,
} from '../../index.ts'
import { byId, make, makeButton } from '../elements.ts'
import { errorCode, explain } from '../errors.ts'
import { formatCount, formatDuration, formatRate } from '../format.ts'
import { Sentences } from './sentences.ts'
import { speak } from '../spoken.ts'
import type { SampleQuestion } from '../../tasks/sample.ts'

export interface Transcript {
  /**
   * Asks of this document from now on; with undefined nothing can be asked.
   * @param refuse why a question is not asked, in words for the user; undefined where it is
   */
  attach(
    document: LongDocument | undefined,
    refuse?: (question: string) => string | undefined,
  ): void
  /** Offers to draw tokens as the model's makers suggest, and to remember what was asked. */
  suit(model: Model, remembers: boolean): void
  /** Offers questions; an answer to one of them is shown beside what the text says. */
  suggest(questions: readonly SampleQuestion[]): void
  clear(): void
  stop(): void
  focus(): void
}

/** @param onFailed told of errors other than the user's own stop */
export function createTranscript(onFailed: (error: unknown) => void): Transcript {
  const list = byId('transcript', HTMLElement)
  const form = byId('ask-form', HTMLFormElement)
  const question = byId('question', HTMLTextAreaElement)
  const ask = byId('ask', HTMLButtonElement)
  const stop = byId('stop', HTMLButtonElement)
  const suggestions = byId('suggestions', HTMLElement)
  const remember = byId('remember', HTMLInputElement)
  let document: LongDocument | undefined
  let refuse: (question: string) => string | undefined = () => undefined
  let known: readonly SampleQuestion[] = []
  let answering: AbortController | undefined
  let turns: Turn[] = []

  const show = (): void => {
    const busy = answering !== undefined
    const hadFocus = [ask, stop].some((button) => button.matches(':focus'))
    ask.hidden = busy
    stop.hidden = !busy
    if (hadFocus && busy) stop.focus()
    else if (hadFocus) question.focus()
    for (const button of [ask, ...suggestions.querySelectorAll('button')]) {
      button.disabled = document === undefined
    }
  }

  const run = async (words: string): Promise<void> => {
    if (document === undefined || answering !== undefined || words === '') return
    const refusal = refuse(words)
    if (refusal !== undefined) {
      addEntry(list, words).fail(refusal)
      return
    }
    const mine = (answering = new AbortController())
    const entry = addEntry(list, words)
    show()
    try {
      const remembered = remember.checked ? [...turns] : []
      const answer = document.ask(words, {
        ...answerSettings(),
        history: remembered,
        onThinking: (text) => entry.think(text),
        signal: mine.signal,
      })
      for await (const piece of answer) entry.write(piece)
      const summary = await answer.summary
      if (summary.text.trim() !== '') turns.push({ question: words, answer: summary.text.trim() })
      entry.end(summary, remembered.length, known.find((item) => item.question === words)?.answer)
    } catch (error) {
      entry.fail(explain(error).message)
      if (errorCode(error) !== 'aborted') onFailed(error)
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
  stop.addEventListener('click', () => answering?.abort())
  show()

  return {
    attach(next, refusing = () => undefined) {
      document = next
      refuse = refusing
      turns = []
      show()
    },
    suit({ suggestedSampling }, remembers) {
      showSampling(suggestedSampling)
      remember.checked = remembers
      remember.disabled = !remembers
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

interface Entry {
  write(piece: string): void
  think(piece: string): void
  /** @param remembered turns that stood before the question */
  end(summary: AnswerSummary, remembered: number, expected: string | undefined): void
  fail(message: string): void
}

function addEntry(list: HTMLElement, words: string): Entry {
  const text = document.createTextNode('')
  const answer = make('p', 'answer waiting', text)
  const thought = document.createTextNode('')
  const about = make('summary', '')
  const thinking = make('details', 'fold thinking', about, make('p', 'soft', thought))
  thinking.hidden = true
  const notes = make('p', 'timings soft')
  const entry = make('li', 'entry', make('h3', 'asked', words), thinking, answer, notes)
  entry.dataset['testid'] = 'entry'
  list.append(entry)
  entry.scrollIntoView({ block: 'nearest' })
  const sentences = new Sentences()
  const say = (words: string): void => {
    if (words !== '') speak(words)
  }
  let waiting = ''
  const flush = (): void => {
    about.textContent = 'What it thought'
    text.appendData(waiting)
    waiting = ''
    if (text.length > 0) answer.classList.remove('waiting')
    list.scrollTop = list.scrollHeight
  }
  return {
    write(piece) {
      // Many pieces may come between two frames; the page is touched once per frame.
      if (waiting === '') requestAnimationFrame(flush)
      waiting += piece
      say(sentences.push(piece))
    },
    think(piece) {
      if (thinking.hidden) speak('It is thinking.')
      about.textContent = 'It is thinking…'
      thinking.hidden = false
      thought.appendData(piece)
    },
    end(summary, remembered, expected) {
      flush()
      answer.classList.remove('waiting')
      if (text.data.trim() === '') {
        answer.replaceChildren(make('em', 'soft', 'no words came'))
        speak('No words came.')
      } else say(sentences.flush())
      notes.textContent = [timings(summary), rememberedWords(remembered), lostWords(summary)]
        .filter((part) => part !== '')
        .join(' · ')
      if (expected !== undefined)
        notes.before(make('p', 'expected soft', `The log says: ${expected}.`))
    },
    fail(message) {
      flush()
      answer.classList.remove('waiting')
      notes.textContent = message
      speak(message)
    },
  }
}

function timings({
  finish,
  ids,
  timeToFirstTokenMs,
  decodeTokensPerSecond,
}: AnswerSummary): string {
  const ending = {
    end: '',
    stop: '',
    length: 'cut at the longest answer allowed',
    aborted: 'stopped',
  }[finish]
  const parts = [
    ids.length > 0 ? `first token after ${formatDuration(timeToFirstTokenMs / 1000)}` : '',
    ids.length === 1 ? '1 token' : `${formatCount(ids.length)} tokens`,
    ids.length > 1 ? `${formatRate(decodeTokensPerSecond)} a second` : '',
    ending,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function rememberedWords(turns: number): string {
  if (turns === 0) return ''
  return turns === 1 ? 'after 1 earlier question' : `after ${turns} earlier questions`
}

/** What did not fit is said, never cut without a word. */
function lostWords({ overflow }: AnswerSummary): string {
  return overflow === 0
    ? ''
    : `earlier questions, question and answer were ${formatCount(overflow)} tokens longer than the room behind the document, so parts of them were lost`
}

/** The choice is there where the model's makers suggest something. */
function showSampling(suggested: SuggestedSampling | undefined): void {
  const option = byId('sampling-model', HTMLOptionElement)
  option.hidden = option.disabled = suggested === undefined
  option.textContent =
    suggested === undefined
      ? ''
      : `as its makers suggest: temperature ${suggested.temperature}, top-p ${suggested.topP}, top-k ${suggested.topK}`
  if (suggested === undefined) byId('sampling', HTMLSelectElement).value = 'greedy'
}

/** What the user set; out-of-range entries are left to the engine's defaults. */
function answerSettings(): AskOptions {
  const maxTokens = byId('max-tokens', HTMLInputElement).valueAsNumber
  const temperature = byId('temperature', HTMLInputElement).valueAsNumber
  return {
    ...(Number.isInteger(maxTokens) && maxTokens > 0 ? { maxTokens } : {}),
    ...(byId('sampling', HTMLSelectElement).value === 'model' ? { sampling: 'model' } : {}),
    ...(temperature > 0 ? { temperature } : {}),
    think: byId('think', HTMLInputElement).checked,
    showSpecial: byId('show-special', HTMLInputElement).checked,
  }
}
