// One question and its answer, written as it comes.
import type { AnswerSummary, Passage } from '../../index.ts'
import { make, makeButton } from '../elements.ts'
import type { Speak } from '../spoken.ts'
import { markdownOf } from './markdown.ts'
import { Sentences } from './sentences.ts'
import * as texts from './texts.ts'

export interface Entry {
  write(piece: string): void
  think(piece: string): void
  end(summary: AnswerSummary, about: About): void
  fail(message: string): void
}

/** What the page knows beside the answer. */
export interface About {
  /** earlier turns that were sent along; those that did not fit are told of */
  readonly turns: number
  /** what the text says, where the page knows it */
  readonly expected: string | undefined
  /** whether passages are looked for */
  readonly hasSources: boolean
}

export interface EntryEvents {
  /** a source that the user asks to see */
  readonly source: (passage: Passage) => void
  /** where in the document's file it stands, in words; '' where it has no places */
  readonly where: (passage: Passage) => string
  /** the user wants an answer although the document does not speak of it */
  readonly answerAnyway: () => void
  /** the user wants every piece of the document to be asked; undefined where it cannot be */
  readonly askWhole: (() => void) | undefined
  readonly askAgain: () => void
  /** the user wants the question in the box again */
  readonly edit: () => void
}

export function addEntry(
  list: HTMLElement,
  question: string,
  speak: Speak,
  on: EntryEvents,
): Entry {
  const text = document.createTextNode('')
  const answer = make('p', 'answer waiting', text)
  const thought = document.createTextNode('')
  const about = make('summary', '')
  const thinking = make('details', 'fold thinking', about, make('p', 'soft', thought))
  thinking.hidden = true
  const notes = make('p', 'timings soft')
  const entry = make('li', 'entry', make('h3', 'asked', question), thinking, answer, notes)
  entry.dataset['testid'] = 'entry'
  list.append(entry)
  entry.scrollIntoView({ block: 'nearest' })
  const sentences = new Sentences()
  const say = (words: string): void => {
    if (words !== '') speak(words)
  }
  let waiting = ''
  const toEnd = (): void => {
    list.scrollTop = list.scrollHeight
  }
  const flush = (): void => {
    about.textContent = texts.thought
    text.appendData(waiting)
    waiting = ''
    if (text.length > 0) answer.classList.remove('waiting')
    toEnd()
  }
  return {
    write(piece) {
      // Many pieces may come between two frames; the page is touched once per frame.
      if (waiting === '') requestAnimationFrame(flush)
      waiting += piece
      say(sentences.push(piece))
    },
    think(piece) {
      if (thinking.hidden) speak(texts.thinking)
      about.textContent = texts.thinkingNow
      thinking.hidden = false
      thought.appendData(piece)
    },
    end(summary, { turns, expected, hasSources }) {
      flush()
      requestAnimationFrame(toEnd) // what is added below is to be seen too
      answer.classList.remove('waiting')
      const actions = [
        makeButton('quiet', texts.askAgain, on.askAgain),
        makeButton('quiet', texts.edit, on.edit),
      ]
      entry.append(make('p', 'entry-actions', ...actions))
      if (summary.finish === 'absent') {
        answer.replaceChildren(make('em', '', texts.absent))
        notes.replaceChildren(makeButton('quiet', texts.answerAnyway, on.answerAnyway))
        if (on.askWhole) notes.append(makeButton('quiet', texts.askWhole, on.askWhole))
        speak(texts.absent)
        return
      }
      if (text.data.trim() === '') {
        answer.replaceChildren(make('em', 'soft', texts.empty))
        speak(texts.empty)
      } else say(sentences.flush())
      actions[0]?.before(copyButton(markdownOf(question, summary.text, summary.sources)))
      notes.textContent = texts.timings(summary, turns, hasSources)
      if (summary.doubtful) {
        answer.classList.add('doubtful')
        notes.before(make('p', 'doubt', texts.doubtful))
        speak(texts.doubtful)
      }
      answer.append(...summary.sources.map((passage, i) => sourceButton(passage, i, on)))
      if (summary.sources.length > 0) speak(texts.sourcesFound(summary.sources.length))
      if (expected !== undefined) notes.before(make('p', 'expected soft', texts.expected(expected)))
    },
    fail(message) {
      flush()
      answer.classList.remove('waiting')
      notes.textContent = message
      speak(message)
    },
  }
}

/** A number at the answer that leads to where the document states it. */
function sourceButton(passage: Passage, index: number, on: EntryEvents): HTMLElement {
  const where = on.where(passage)
  const button = makeButton('source', texts.sourceNumber(index, where), () => on.source(passage))
  const words = texts.sourceTitle(index, passage.text, where)
  button.setAttribute('aria-label', words)
  button.title = words
  return make('sup', '', button)
}

/** Says that it copied for as long as anyone would look. */
function copyButton(markdown: string): HTMLButtonElement {
  const button = makeButton('quiet', texts.copy, () => {
    navigator.clipboard.writeText(markdown).then(
      () => say(texts.copied),
      () => say(texts.notCopied),
    )
  })
  button.setAttribute('aria-live', 'polite')
  const say = (words: string): void => {
    button.textContent = words
    setTimeout(() => (button.textContent = texts.copy), 2000)
  }
  return button
}
