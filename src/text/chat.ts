// A model's chat template around a document and questions about it. The template is rendered once for one user turn, with
// markers instead of document and question, and cut at the markers. The part before the document is read with it; the
// rest goes with each question.
import type { Turn } from '../api/answer.ts'
import type { TemplateVariables } from '../api/model.ts'
import { Template } from '@huggingface/jinja'
import { LongtabError } from '../api/errors.ts'
import { marksTurn } from './control_tokens.ts'
import type { Tokenizer } from './tokenizer.ts'
import { findTemplate, type TemplateSource } from './template_source.ts'
import { templateFunctions, withOwnCalls } from './template_functions.ts'
import type { Boundary, TokenizerFiles } from './tokenizer_file.ts'

/** Options of a question. */
export interface Asking {
  /** text before the question; none where it is empty */
  readonly instructions?: string
  /** earlier questions and their answers, oldest first */
  readonly history?: readonly Turn[] | undefined
  /** allows a model to think before it answers, where its template has that choice */
  readonly think?: boolean
}

export interface ChatForm {
  /** ids before the document, the tokenizer's own start token first */
  readonly prefix: readonly number[]
  /** the left boundary of the document's text, which is encoded as `data` */
  readonly boundary: Boundary
  /** text before the document: a space that a tokenizer joins to the next word, or nothing */
  readonly lead: string
  /** ids after the document: earlier turns, the question and everything up to the answer */
  tail(question: string, asking?: Asking): number[]
  /** whether the answer begins inside a thought */
  beginsThinking(think: boolean): boolean
  /** whether the template has a switch for thoughts */
  readonly canThink: boolean
  /** why the model's template is not used, as a sentence; undefined where it is, or there is none */
  readonly notice: string | undefined
  /** ids between a user's text without a separate question and the answer */
  readonly answerStart: readonly number[]
  /** ids that end an answer in the template; none where it has no token for that */
  readonly endIds: readonly number[]
  /** marks that end an answer in the template where the vocabulary has no token for them: the model writes their letters */
  readonly endTexts: readonly string[]
}

/** The template's texts around user and model texts: before the document, between any two, and at the end. */
export interface ChatParts {
  readonly before: string
  /** (turns): before each turn's question */
  readonly beforeQuestion: readonly string[]
  /** (turns − 1): before each earlier turn's answer */
  readonly beforeAnswer: readonly string[]
  readonly after: string
}

type Render = (turns: number, think: boolean) => ChatParts

/** For models without a chat template. */
const plainly: Render = (turns) => ({
  before: '',
  beforeQuestion: Array.from({ length: turns }, () => '\n\nQuestion: '),
  beforeAnswer: Array.from({ length: turns - 1 }, () => '\nAnswer: '),
  after: '\nAnswer:',
})

/**
 * The form of the model's template. A template that cannot be used is not: documents are then asked about plainly, and
 * `notice` says so.
 *
 * @param variables of the template, beside those that every template is given
 */
export function openChat(
  tokenizer: Tokenizer,
  files: TokenizerFiles,
  variables: TemplateVariables = {},
): ChatForm {
  const source = findTemplate(tokenizer.config, files)
  if (source === undefined) return formOf(tokenizer, plainly)
  const canThink = source.text.includes('enable_thinking')
  try {
    const form = formOf(tokenizer, renderer(source, tokenizer.specialTexts, variables))
    return { ...form, canThink }
  } catch (error) {
    if (!(error instanceof LongtabError)) throw error
    const notice = `The model is asked in plain form, not as it was trained: ${error.message}.`
    return { ...formOf(tokenizer, plainly), notice }
  }
}

function formOf(tokenizer: Tokenizer, render: Render): ChatForm {
  const first = render(1, false)
  // A tokenizer splits "[INST] Hello" into "[INST]" and " Hello": the space belongs to the document's first word.
  const lead = /\S $/.test(first.before) ? ' ' : ''
  const before = first.before.slice(0, first.before.length - lead.length)
  const { frame } = tokenizer
  const ids = tokenizer.encode(before, 'control', 'start')
  const framed = frame.before.every((id, i) => id === ids[i])
  return {
    prefix: framed ? ids : [...frame.before, ...ids],
    boundary: tokenizer.boundaryAfter(before),
    lead,
    tail(question, { instructions = '', history = [], think = false } = {}) {
      const parts = render(history.length + 1, think)
      if (parts.before !== first.before) throw readOtherwise(first.before, parts.before)
      const asked = instructions === '' ? question : `${instructions}\n\n${question}`
      return encodeTail(tokenizer, parts, [...history, { question: asked, answer: '' }])
    },
    beginsThinking: (think) => render(1, think).after.trimEnd().endsWith('<think>'),
    answerStart: tokenizer.encode(first.after, 'control', 'inside'),
    ...endOfAnswer(tokenizer, render),
    canThink: false,
    notice: undefined,
  }
}

/** The text before the document is read with it, so it must be the same for every question. */
function readOtherwise(read: string, wanted: string): LongtabError {
  return new LongtabError(
    'bad-setting',
    `the chat template sets ${wanted.length} characters before the document for this question, where ${read.length} were read with it and cannot be changed; ask without history and without think`,
  )
}

/** Questions and answers are data, as the document is: special tokens in them are plain text. */
function encodeTail(tokenizer: Tokenizer, parts: ChatParts, turns: readonly Turn[]): number[] {
  const { beforeQuestion, beforeAnswer, after } = parts
  const encoded = turns.flatMap(({ question, answer }, i) => {
    const leading = beforeAnswer[i]
    const asked = encodeAfter(tokenizer, beforeQuestion[i] ?? '', question)
    return leading === undefined ? asked : [...asked, ...encodeAfter(tokenizer, leading, answer)]
  })
  return [...encoded, ...tokenizer.encode(after, 'control', 'inside')]
}

/** A text of the template and a user's or model's text after it. */
function encodeAfter(tokenizer: Tokenizer, leading: string, written: string): number[] {
  // Ordinary text joins the text after it, so that both are tokenized as one.
  if (!hasControl(tokenizer, leading)) return tokenizer.encode(leading + written, 'data', 'inside')
  return [
    ...tokenizer.encode(leading, 'control', 'inside'),
    ...tokenizer.encode(written, 'data', tokenizer.boundaryAfter(leading)),
  ]
}

function hasControl(tokenizer: Tokenizer, text: string): boolean {
  return tokenizer.encode(text, 'control', 'inside').some((id) => tokenizer.controlIds.has(id))
}

/** What the template ends an earlier answer with. Files do not always list it among the end tokens. */
function endOfAnswer(tokenizer: Tokenizer, render: Render): Pick<ChatForm, 'endIds' | 'endTexts'> {
  let behind: string
  try {
    behind = render(2, false).beforeQuestion[1] ?? ''
  } catch {
    return { endIds: [], endTexts: [] } // the template allows one turn only
  }
  const closing = behind.trimStart()
  const [first] = tokenizer.encode(closing, 'control', 'inside')
  if (first !== undefined && tokenizer.controlIds.has(first)) {
    return { endIds: [first], endTexts: [] }
  }
  const mark = /^<[^<>\s]*>/.exec(closing)?.[0]
  return { endIds: [], endTexts: mark !== undefined && marksTurn(mark) ? [mark] : [] }
}

const documentMarker = 'DocumentStandsHere'
const markerOf = (who: 'Question' | 'Answer', turn: number) => `${who}${turn}StandsHere`

/** Renders a conversation, with the document and an empty line before the first question, and cuts at all of these. */
function renderer(
  source: TemplateSource,
  specialTexts: Readonly<Record<string, string>>,
  variables: TemplateVariables,
): Render {
  let template: Template | undefined
  return (turns, think) => {
    const asked = Array.from({ length: turns }, (_, turn) => markerOf('Question', turn))
    const answered = asked.slice(1).map((_, turn) => markerOf('Answer', turn))
    const messages = asked.flatMap((question, turn) => {
      const answer = answered[turn]
      const content = turn === 0 ? `${documentMarker}\n\n${question}` : question
      const user = { role: 'user', content }
      return answer === undefined ? [user] : [user, { role: 'assistant', content: answer }]
    })
    let text: string
    try {
      text = (template ??= new Template(withOwnCalls(source.text))).render({
        ...templateFunctions(),
        bos_token: '',
        eos_token: '',
        ...specialTexts,
        messages,
        add_generation_prompt: true,
        tools: null,
        documents: null,
        ...variables,
        enable_thinking: think,
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LongtabError(
        'bad-file',
        `the chat template in ${source.file} does not work for ${inTurns(turns)}: ${reason}`,
        { cause },
      )
    }
    const markers = asked.flatMap((question, turn) => [question, answered[turn] ?? ''])
    const cut = cutAt(text, [documentMarker, ...markers.filter((marker) => marker !== '')])
    if (cut === undefined) {
      throw new LongtabError(
        'bad-file',
        `the chat template in ${source.file} does not pass the user's text on whole and once, for ${inTurns(turns)}`,
      )
    }
    const [before = '', ...others] = cut
    return {
      before,
      beforeQuestion: asked.map((_, turn) => others[2 * turn] ?? ''),
      beforeAnswer: answered.map((_, turn) => others[2 * turn + 1] ?? ''),
      after: others.at(-1) ?? '',
    }
  }
}

function inTurns(turns: number): string {
  return turns === 1 ? 'one user turn' : `${turns} user turns`
}

/** The texts before, between and after the markers; undefined unless each occurs once, in this order. */
function cutAt(text: string, markers: readonly string[]): string[] | undefined {
  const found: string[] = []
  let rest = text
  for (const marker of markers) {
    const [head = '', tail, ...more] = rest.split(marker)
    if (tail === undefined || more.length > 0) return undefined
    if (markers.some((other) => head.includes(other))) return undefined
    found.push(head)
    rest = tail
  }
  return [...found, rest]
}
