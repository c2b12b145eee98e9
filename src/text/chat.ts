// A model's chat template around a document and questions about it. The template is rendered once, for one user turn
// with markers in the place of document and question, and cut at the markers: what stands before the document is read
// with it, the rest goes with each question.
import { Template } from '@huggingface/jinja'
import { LongtabError } from '../errors.ts'
import type { Tokenizer } from './tokenizer.ts'
import {
  isRecord,
  parseRecord,
  type Json,
  type JsonRecord,
  type Place,
  type TokenizerFiles,
} from './tokenizer_file.ts'

export interface ChatForm {
  /** ids before the document, the tokenizer's own start token first */
  readonly prefix: readonly number[]
  /** where the document's text then stands; it is encoded as `data` */
  readonly place: Place
  /** text to put in front of the document: a space that a tokenizer joins to the word after it, or nothing */
  readonly lead: string
  /** ids after the document: the question and all up to where the answer begins */
  tail(question: string): number[]
  /** ids between a user's text without a separate question and the answer */
  readonly answerStart: readonly number[]
}

/** The template's text around document and question. */
export interface ChatParts {
  readonly before: string
  readonly between: string
  readonly after: string
}

/** For models without a chat template. */
export const plainParts: ChatParts = {
  before: '',
  between: '\n\nQuestion: ',
  after: '\nAnswer:',
}

/** Throws LongtabError `bad-file` naming the file with the template, when it cannot be used. */
export function openChat(tokenizer: Tokenizer, files: TokenizerFiles): ChatForm {
  const source = findTemplate(tokenizer.config, files)
  const parts = source ? renderParts(source, tokenizer.specialTexts) : plainParts
  // "[INST] " before "Hello" is "[INST]", " Hello" to a tokenizer: the space belongs to the document's first word.
  const lead = /\S $/.test(parts.before) ? ' ' : ''
  const before = parts.before.slice(0, parts.before.length - lead.length)
  const { frame } = tokenizer
  const ids = tokenizer.encode(before, 'control', 'start')
  const framed = frame.before.every((id, i) => id === ids[i])
  return {
    prefix: framed ? ids : [...frame.before, ...ids],
    place: tokenizer.placeAfter(before),
    lead,
    tail: (question) => encodeTail(tokenizer, parts, question),
    answerStart: tokenizer.encode(parts.after, 'control', 'inside'),
  }
}

/** The question is data, as the document is: special tokens written in it mean nothing. */
function encodeTail(tokenizer: Tokenizer, { between, after }: ChatParts, question: string) {
  const afterQuestion = tokenizer.encode(after, 'control', 'inside')
  // Ordinary text joins the question, so that both are split into tokens as one.
  if (!hasControl(tokenizer, between)) {
    return [...tokenizer.encode(between + question, 'data', 'inside'), ...afterQuestion]
  }
  return [
    ...tokenizer.encode(between, 'control', 'inside'),
    ...tokenizer.encode(question, 'data', tokenizer.placeAfter(between)),
    ...afterQuestion,
  ]
}

function hasControl(tokenizer: Tokenizer, text: string): boolean {
  return tokenizer.encode(text, 'control', 'inside').some((id) => tokenizer.specialIds.has(id))
}

interface TemplateSource {
  readonly file: string
  readonly text: string
}

/** A template file goes before the configuration; of several templates there, the one named `default`. */
function findTemplate(config: JsonRecord, files: TokenizerFiles): TemplateSource | undefined {
  if (files.chatTemplateJinja !== undefined) {
    return { file: 'chat_template.jinja', text: files.chatTemplateJinja }
  }
  const json = files.chatTemplateJson
  const [file, record] =
    json === undefined
      ? ['tokenizer_config.json', config]
      : ['chat_template.json', parseRecord(json, 'chat_template.json')]
  const text = templateText(record['chat_template'])
  return text === undefined ? undefined : { file, text }
}

function templateText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const named = (value as readonly Json[]).filter(isRecord)
  const chosen = named.find((entry) => entry['name'] === 'default') ?? named[0]
  return templateText(chosen?.['template'])
}

const documentMarker = 'DocumentStandsHere'
const questionMarker = 'QuestionStandsHere'

/** Renders one user turn, document and question with an empty line between them, and cuts it at both. */
function renderParts(
  source: TemplateSource,
  specialTexts: Readonly<Record<string, string>>,
): ChatParts {
  const content = `${documentMarker}\n\n${questionMarker}`
  let text: string
  try {
    text = new Template(source.text).render({
      bos_token: '',
      eos_token: '',
      ...specialTexts,
      messages: [{ role: 'user', content }],
      add_generation_prompt: true,
      tools: null,
      documents: null,
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError(
      'bad-file',
      `the chat template in ${source.file} does not work for one user turn: ${reason}`,
      { cause },
    )
  }
  const [before = '', rest, ...more] = text.split(documentMarker)
  const [between = '', after, ...evenMore] = (rest ?? '').split(questionMarker)
  if (after === undefined || more.length + evenMore.length > 0 || before.includes(questionMarker)) {
    throw new LongtabError(
      'bad-file',
      `the chat template in ${source.file} does not pass the user's text on whole and once; read in plain form instead`,
    )
  }
  return { before, between, after }
}
