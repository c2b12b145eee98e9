// What a list of messages asks: documents, earlier turns, the question, and how to answer. In a user's message of several parts
// the last text is the question, and what stands before it is read. Documents of all messages are read as one.
import type { ToolExchange, Turn } from '../index.ts'
import { nearest } from './nearest.ts'
import { Called } from './called.ts'
import { RequestError } from './request_error.ts'
import { callsOf } from './tools.ts'

/** A document, or a part of one that several make up. */
export interface DocumentPart {
  /** undefined where nobody named it */
  readonly name: string | undefined
  readonly content: Blob
}

export interface Conversation {
  /** text before the question; none where it is empty */
  readonly instructions: string
  readonly documents: readonly DocumentPart[]
  readonly history: readonly Turn[]
  readonly question: string
  /** calls that were made for the question, and what they gave */
  readonly exchanges: readonly ToolExchange[]
}

/** Finds an uploaded file. Throws RequestError. */
export type FindFile = (id: string, param: string) => DocumentPart

type Fields = Readonly<Record<string, unknown>>

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  user: ['role', 'content', 'name'],
  system: ['role', 'content', 'name'],
  developer: ['role', 'content', 'name'],
  tool: ['role', 'content', 'tool_call_id'],
  assistant: [
    ...['role', 'content', 'name', 'refusal', 'reasoning_content'],
    ...['tool_calls', 'parsed'],
    ...['annotations', 'audio', 'function_call'], // empty in what the official client gives back
  ],
}

/** Throws RequestError, which names the message. */
export function conversationOf(messages: unknown, findFile: FindFile): Conversation {
  if (!Array.isArray(messages) || messages.length === 0)
    throw wrong('messages', 'is no list of messages; send one that ends with the question')
  const instructions: string[] = []
  const documents: DocumentPart[] = []
  const turns: TurnSoFar[] = []
  for (const [i, message] of messages.entries()) {
    const at = `messages[${i}]`
    const { role, ...fields } = fieldsIn(message, at)
    const parts = partsOf(fields['content'], `${at}.content`)
    if (role === 'user') {
      const said = splitAtQuestion(parts, findFile)
      documents.push(...said.documents)
      const last = turns.at(-1)
      if (last?.answered.length === 0 && last.called.length === 0) last.asked.push(said.question)
      else turns.push({ asked: [said.question], answered: [], called: [] })
    } else if (role === 'assistant') {
      const turn = turns.at(-1)
      if (turn === undefined) throw wrong(at, 'is an answer without a question before it')
      const { refusal, tool_calls } = fields
      const calls = callsOf(tool_calls, `${at}.tool_calls`)
      if (calls.length > 0) turn.called.push(new Called(calls, at))
      else turn.answered.push(textsOf(parts) || (typeof refusal === 'string' ? refusal : ''))
    } else if (role === 'tool') {
      const last = turns.at(-1)?.called.at(-1)
      if (last === undefined)
        throw wrong(at, 'is the result of a call, and no message before it has calls')
      last.give(fields['tool_call_id'], textsOf(parts), at)
    } else instructions.push(textsOf(parts))
  }
  const asking = turns.pop()
  if (asking === undefined || asking.answered.length > 0 || asking.asked.join('').trim() === '')
    throw wrong(
      'messages',
      'ends without a question; its last message must be the user’s, with a text',
    )
  return {
    instructions: instructions.join('\n\n'),
    documents,
    history: turns.map(({ asked, answered, called }) => ({
      question: asked.join('\n\n'),
      answer: answered.join('\n\n'),
      ...(called.length > 0 && { exchanges: called.map((one) => one.exchange()) }),
    })),
    question: asking.asked.join('\n\n'),
    exchanges: asking.called.map((one) => one.exchange()),
  }
}

interface TurnSoFar {
  readonly asked: string[]
  readonly answered: string[]
  readonly called: Called[]
}

function fieldsIn(message: unknown, at: string): Fields & { readonly role: string } {
  if (typeof message !== 'object' || message === null)
    throw wrong(at, 'is no message; send an object with role and content')
  const fields = message as Fields
  const { role } = fields
  const isKnown = typeof role === 'string' && Object.hasOwn(fieldsOf, role)
  const known = isKnown ? fieldsOf[role] : undefined
  if (typeof role !== 'string' || known === undefined)
    throw wrong(
      `${at}.role`,
      `is ${shown(role)}; it must be one of ${Object.keys(fieldsOf).join(', ')}`,
    )
  for (const [name, value] of Object.entries(fields)) {
    if (!known.includes(name))
      throw wrong(`${at}.${name}`, `is unknown; the nearest is ${nearest(name, known)}`)
    const isEmpty = value === null || value === undefined || (Array.isArray(value) && !value.length)
    if (/^(function_call|audio)$/.test(name) && !isEmpty)
      throw wrong(`${at}.${name}`, 'is not supported; put what it says into the message’s text')
  }
  return { ...fields, role }
}

/** A text, or the document that stands in a message. */
type Part = { readonly text: string } | { readonly file: Fields; readonly at: string }

function partsOf(content: unknown, at: string): Part[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return [{ text: content }]
  if (!Array.isArray(content)) throw wrong(at, 'must be a text or a list of parts')
  return content.map((part: Fields | null, i): Part => {
    const { type, text, refusal, file } = part ?? {}
    if (type === 'text' && typeof text === 'string') return { text }
    if (type === 'refusal' && typeof refusal === 'string') return { text: refusal }
    if (type === 'file' && typeof file === 'object' && file !== null)
      return { file: file as Fields, at: `${at}[${i}].file` }
    throw wrong(`${at}[${i}]`, `is of type ${shown(type)}; send a part of type text or file`)
  })
}

function textsOf(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if ('text' in part) return part.text
      throw wrong(part.at, 'stands in a message that is not the user’s; send it with the question')
    })
    .join('\n\n')
}

interface Said {
  readonly documents: readonly DocumentPart[]
  readonly question: string
}

function splitAtQuestion(parts: readonly Part[], findFile: FindFile): Said {
  const question = parts.findLastIndex((part) => 'text' in part)
  const asked = parts[question]
  return {
    documents: parts.flatMap((part, i) => (i === question ? [] : [documentOf(part, findFile)])),
    question: asked && 'text' in asked ? asked.text : '',
  }
}

function documentOf(part: Part, findFile: FindFile): DocumentPart {
  if ('text' in part) return { name: undefined, content: new Blob([part.text]) }
  const { file, at } = part
  const { file_data: data, file_id: id, filename } = file
  const named = typeof filename === 'string' ? filename : undefined
  if (typeof id === 'string') {
    const found = findFile(id, `${at}.file_id`)
    return { ...found, name: named ?? found.name }
  }
  if (data instanceof Blob)
    return { name: named ?? (data instanceof File ? data.name : undefined), content: data }
  if (typeof data === 'string') return { name: named, content: fromBase64(data, `${at}.file_data`) }
  throw wrong(at, 'has neither file_data nor file_id; send the content in base64, or an id')
}

/** @param data base64, alone or as a data URL */
function fromBase64(data: string, at: string): Blob {
  const [, , type = '', plain = ''] = /^(data:([^,;]*)[^,]*;base64,)?(.*)$/s.exec(data) ?? []
  try {
    return new Blob([Uint8Array.from(atob(plain), (byte) => byte.charCodeAt(0))], { type })
  } catch {
    throw wrong(at, 'is no base64; send base64, alone or as a data URL')
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  return typeof value === 'object' ? 'no text' : JSON.stringify(value)
}

function wrong(param: string, what: string): RequestError {
  return new RequestError('bad-input', `${param} ${what}`, { param })
}
