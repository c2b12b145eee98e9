// A model's chat template around a document and questions about it. The part before the document is read with it; the rest goes
// with each question.
import type { Turn } from '../api/answer.ts'
import type { TemplateVariables } from '../api/model.ts'
import type { Tool, ToolCall, ToolExchange } from '../api/tools.ts'
import { LongtabError } from '../api/errors.ts'
import { openTemplate, type ChatParts, type ChatTemplate, type Said } from './chat_template.ts'
import { marksTurn } from './control_tokens.ts'
import type { Tokenizer } from './tokenizer.ts'
import { findTemplate } from './template_source.ts'
import { offerTools, writeCalls, writesCalls, type OfferedTools } from './tool_form.ts'
import type { Boundary, TokenizerFiles } from './tokenizer_file.ts'

/** Options of a question. */
export interface Asking {
  /** text before the question; none where it is empty */
  readonly instructions?: string
  /** earlier questions and their answers, oldest first */
  readonly history?: readonly Turn[] | undefined
  /** allows a model to think before it answers, where its template has that choice */
  readonly think?: boolean
  /** what offers tools, before the instructions; none where it is undefined */
  readonly offered?: OfferedTools | undefined
  /** calls that were made for this question, and what they gave */
  readonly exchanges?: readonly ToolExchange[] | undefined
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
  /** Offers tools in the template's words. Throws LongtabError `bad-setting` where it has none. */
  offer(tools: readonly Tool[]): OfferedTools
  /** whether the answer begins inside a thought */
  beginsThinking(think: boolean): boolean
  /** whether the template has a switch for thoughts */
  readonly canThink: boolean
  /** whether the template takes tools, and the form of their calls is known */
  readonly canCallTools: boolean
  /** why the model's template is not used, as a sentence; undefined where it is, or there is none */
  readonly notice: string | undefined
  /** ids between a user's text without a separate question and the answer */
  readonly answerStart: readonly number[]
  /** ids that end an answer in the template; none where it has no token for that */
  readonly endIds: readonly number[]
  /** marks that end an answer in the template where the vocabulary has no token for them: the model writes their letters */
  readonly endTexts: readonly string[]
}

type Render = ChatTemplate['render']

const question = '\n\nQuestion: '
const answer = '\nAnswer: '

/** For models without a chat template. */
const plainly: Render = (said) => {
  if (said.some(({ who }) => who === 'tool' || who === 'caller'))
    throw new LongtabError(
      'bad-setting',
      'this model has no chat template, so calls of tools cannot be told to it; leave them out',
    )
  const leading = said.map(({ who }) => (who === 'assistant' ? answer : question))
  return { before: '', leading, after: answer.trimEnd() }
}

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
  if (source === undefined) return formOf(tokenizer, undefined)
  const canThink = source.text.includes('enable_thinking')
  try {
    const form = formOf(tokenizer, openTemplate(source, tokenizer.specialTexts, variables))
    return { ...form, canThink }
  } catch (error) {
    if (!(error instanceof LongtabError)) throw error
    const notice = `The model is asked in plain form, not as it was trained: ${error.message}.`
    return { ...formOf(tokenizer, undefined), notice }
  }
}

/** @param template undefined: plain form */
function formOf(tokenizer: Tokenizer, template: ChatTemplate | undefined): ChatForm {
  const render = template?.render ?? plainly
  const first = render([user], false)
  // A tokenizer splits "[INST] Hello" into "[INST]" and " Hello": the space belongs to the document's first word.
  const lead = /\S $/.test(first.before) ? ' ' : ''
  const before = first.before.slice(0, first.before.length - lead.length)
  const { frame } = tokenizer
  const ids = tokenizer.encode(before, 'control', 'start')
  const framed = frame.before.every((id, i) => id === ids[i])
  const offer = (tools: readonly Tool[]): OfferedTools => {
    requireNoControls(tokenizer, tools)
    const marks = [...tokenizer.controlIds].map((id) => tokenizer.pieceOf(id)).filter(marksTurn)
    return offerTools(template, tools, marks)
  }
  return {
    prefix: framed ? ids : [...frame.before, ...ids],
    boundary: tokenizer.boundaryAfter(before),
    lead,
    tail(question, asking = {}) {
      const { said, texts } = conversationOf(question, asking, template)
      requireNoControls(tokenizer, calledIn(said))
      const parts = render(said, asking.think ?? false)
      if (parts.before !== first.before) throw readOtherwise(first.before, parts.before)
      return encodeTail(tokenizer, parts, texts, asking.offered)
    },
    offer,
    beginsThinking: (think) => render([user], think).after.trimEnd().endsWith('<think>'),
    answerStart: tokenizer.encode(first.after, 'control', 'inside'),
    ...endOfAnswer(tokenizer, render),
    canThink: false,
    canCallTools: takesTools(offer),
    notice: undefined,
  }
}

function takesTools(offer: ChatForm['offer']): boolean {
  try {
    offer([{ name: 'tool' }])
    return true
  } catch {
    return false
  }
}

/** The text before the document is read with it, so it must be the same for every question. */
function readOtherwise(read: string, wanted: string): LongtabError {
  return new LongtabError(
    'bad-setting',
    `the chat template sets ${wanted.length} characters before the document for this question, where ${read.length} were read with it and cannot be changed; ask without history and without think`,
  )
}

/** Tools and calls stand in the template's own text, in which marks mean something. */
function requireNoControls(tokenizer: Tokenizer, written: unknown): void {
  const text = JSON.stringify(written)
  const mark = tokenizer
    .encode(text, 'control', 'inside')
    .find((id) => tokenizer.controlIds.has(id) && text.includes(tokenizer.pieceOf(id)))
  if (mark === undefined) return
  throw new LongtabError(
    'bad-input',
    `a tool or a call of one holds ${tokenizer.pieceOf(mark)}, which the model takes for a mark of the conversation; leave it out`,
  )
}

function calledIn(said: readonly Said[]): readonly ToolCall[] {
  return said.flatMap((one) => (one.who === 'caller' ? one.calls : []))
}

const user: Said = { who: 'user' }

interface Text {
  readonly text: string
  readonly who: Exclude<Said['who'], 'caller'>
}

/** Who says what, and the texts among it: earlier turns, then the question and what was called for it. */
function conversationOf(
  question: string,
  { instructions = '', history = [], exchanges = [], offered }: Asking,
  template: ChatTemplate | undefined,
): { readonly said: Said[]; readonly texts: Text[] } {
  const asked = instructions === '' ? question : `${instructions}\n\n${question}`
  const said: (Text | Extract<Said, { who: 'caller' }>)[] = []
  for (const turn of [...history, { question: asked, exchanges, answer: undefined }]) {
    said.push({ who: 'user', text: turn.question })
    for (const { calls, results } of turn.exchanges ?? []) {
      const written = template && !writesCalls(template) ? writeCalls(calls, offered?.form) : ''
      said.push({ who: 'caller', calls, written })
      said.push(...results.map((text) => ({ who: 'tool', text }) as const))
    }
    if (turn.answer !== undefined) said.push({ who: 'assistant', text: turn.answer })
  }
  return {
    said: said.map((one) => (one.who === 'caller' ? one : { who: one.who })),
    texts: said.filter((one) => one.who !== 'caller'),
  }
}

/** Questions, answers and what tools gave are data, as the document is: special tokens in them are plain text. */
function encodeTail(
  tokenizer: Tokenizer,
  { leading, after }: ChatParts,
  texts: readonly Text[],
  offered: OfferedTools | undefined,
): number[] {
  const asked = texts.findLastIndex(({ who }) => who === 'user')
  const encoded = texts.flatMap(({ text, who }, i) => {
    const before = leading[i] ?? ''
    const words = i === asked && offered ? `${before}${offered.text}\n\n` : before
    const isQuoted = before.endsWith('"') && (leading[i + 1] ?? after).startsWith('"') // by Llama's template
    const written = who === 'tool' && isQuoted ? JSON.stringify(text).slice(1, -1) : text
    return encodeAfter(tokenizer, words, written)
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
    behind = render([user, { who: 'assistant' }, user], false).leading[2] ?? ''
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
