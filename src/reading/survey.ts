// A question over the whole document. It is asked of each piece, and the answers stand one below the other. Where they are to be
// joined, they are read as a text of their own and asked once more, in a tree where they are too many for one reading.
import type { AnswerSummary, Passage } from '../api/answer.ts'
import type { SurveyPart, SurveySummary } from '../api/survey.ts'
import { betweenParts, inGroups, type Group, type SurveyPlan } from '../plan/survey_plan.ts'
import { foundedLines } from '../recall/founded_lines.ts'
import { isInOtherWords } from '../recall/own_words.ts'
import { askedOfAnswers, askedOfPiece } from '../recall/survey_wording.ts'

/** A document in pieces, and the model that answers about them. */
export interface Surveyed {
  readonly plan: SurveyPlan
  /** tokens of each passage, in document order */
  readonly passages: readonly number[]
  /** ids of passages that follow one another, and the text that they are */
  readonly take: (
    first: number,
    count: number,
  ) => Promise<{ readonly ids: readonly number[]; readonly passage: Passage }>
  readonly encode: (text: string) => readonly number[]
  /** answers from these ids alone */
  readonly answer: (
    ids: readonly number[],
    question: string,
    maxTokens: number,
    onText: (text: string) => void,
  ) => Promise<Pick<AnswerSummary, 'text' | 'finish'>>
}

export interface SurveyEvents {
  readonly part: (part: SurveyPart) => void
  /** lines as they are found, or the joined answer as it is written */
  readonly text: (text: string) => void
}

/** @param joined tokens of the joined answer, at most; undefined where the answers are not joined */
export async function survey(
  question: string,
  joined: number | undefined,
  document: Surveyed,
  on: SurveyEvents,
): Promise<SurveySummary> {
  const parts: SurveyPart[] = []
  /** lines of the text, which has each once */
  const said = new Set<string>()
  let text = ''
  for await (const part of partsOf(question, document)) {
    parts.push(part)
    on.part(part)
    if (joined !== undefined) continue
    const lines = part.answer.split('\n').filter((line) => line !== '' && !said.has(line))
    lines.forEach((line) => said.add(line))
    const more = lines.map((line) => `${line}\n`).join('')
    text += more
    on.text(more)
  }
  const pieces = inGroups(document.passages, document.plan.piece).length
  if (parts.length < pieces) return { text, parts, finish: 'aborted' }
  if (joined === undefined) return { text, parts, finish: 'end' }
  return { parts, ...(await join(question, joined, document, parts, on.text)) }
}

/** The answers about the pieces; they end early when they are stopped. */
async function* partsOf(question: string, document: Surveyed): AsyncGenerator<SurveyPart> {
  const { passages, plan } = document
  const groups = inGroups(passages, plan.piece)
  for (const [index, { first, count }] of groups.entries()) {
    const { ids, passage } = await document.take(first, count)
    const given = await document.answer(ids, askedOfPiece(question), plan.part, unheard)
    if (given.finish === 'aborted') return
    const { text, unfounded } = foundedLines(given.text, [passage.text, question])
    const doubtful = isInOtherWords(text, passage.text, question)
    const cut = given.finish === 'length'
    yield { index, pieces: groups.length, passage, answer: text, unfounded, doubtful, cut }
  }
}

const unheard = () => undefined

/** What is known of a joined answer. */
type Joined = Pick<SurveySummary, 'text' | 'finish'>

async function join(
  question: string,
  longest: number,
  { plan, encode, answer }: Surveyed,
  parts: readonly SurveyPart[],
  onText: (text: string) => void,
): Promise<Joined> {
  const answered = parts.filter((part) => part.answer !== '')
  const sure = answered.filter(({ doubtful }) => !doubtful)
  let texts = (sure.length > 0 ? sure : answered).map((part) => part.answer)
  while (texts.length > 1) {
    // what was written in `part` tokens may be encoded in more
    const ids = texts.map((text) => encode(`${text}\n\n`).slice(0, plan.part + betweenParts))
    const groups = inGroups(
      ids.map(({ length }) => length),
      plan.joined,
    )
    const ask = ({ first, count }: Group, most: number, heard: (text: string) => void) =>
      answer(ids.slice(first, first + count).flat(), askedOfAnswers(question), most, heard)
    const [all, ...more] = groups
    if (all && more.length === 0) {
      const { text, finish } = await ask(all, longest, onText)
      return { text, finish: finish === 'aborted' || finish === 'length' ? finish : 'end' }
    }
    const next: string[] = []
    for (const group of groups) {
      if (group.count === 1) {
        next.push(texts[group.first] ?? '')
        continue
      }
      const { text, finish } = await ask(group, plan.part, unheard)
      if (finish === 'aborted') return { text: '', finish }
      next.push(text.trim())
    }
    texts = next.filter((text) => text !== '')
  }
  const [text = ''] = texts
  onText(text)
  return { text, finish: 'end' }
}
