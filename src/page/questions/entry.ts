// One question and its answer, written as it comes.
import type { AnswerSummary } from '../../index.ts'
import { make } from '../elements.ts'
import type { Speak } from '../spoken.ts'
import { Sentences } from './sentences.ts'
import * as texts from './texts.ts'

export interface Entry {
  write(piece: string): void
  think(piece: string): void
  /** @param remembered turns that stood before the question */
  end(summary: AnswerSummary, remembered: number, expected: string | undefined): void
  fail(message: string): void
}

export function addEntry(list: HTMLElement, question: string, speak: Speak): Entry {
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
  const flush = (): void => {
    about.textContent = texts.thought
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
      if (thinking.hidden) speak(texts.thinking)
      about.textContent = texts.thinkingNow
      thinking.hidden = false
      thought.appendData(piece)
    },
    end(summary, remembered, expected) {
      flush()
      answer.classList.remove('waiting')
      if (text.data.trim() === '') {
        answer.replaceChildren(make('em', 'soft', texts.empty))
        speak(texts.empty)
      } else say(sentences.flush())
      notes.textContent = texts.timings(summary, remembered)
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
