// Training texts from JSON lines, or from one JSON array. Formats: {"prompt", "answer"}; Alpaca's {"instruction",
// "output"}, as in LongAlpaca; and conversations, of which the first exchange is taken. A conversation is "messages"
// ({role, content}), as in LongAlign, or ShareGPT's "conversations" ({from, value}).
import { LongtabError } from '../api/errors.ts'
import type { TrainingText } from './sample.ts'

/** Throws LongtabError `bad-input` naming the line, or the entry of an array. */
export function parseTrainingLines(text: string): TrainingText[] {
  const texts = text.trimStart().startsWith('[') ? parseArray(text) : parseLines(text)
  if (texts.length > 0) return texts
  throw new LongtabError('bad-input', 'the training data is empty; give it at least one line')
}

function parseLines(text: string): TrainingText[] {
  return text.split('\n').flatMap((line, i) => {
    const name = `line ${i + 1}`
    if (line.trim() === '') return []
    return [parseTrainingText(parseJson(line, `${name} of the training data`), name)]
  })
}

function parseArray(text: string): TrainingText[] {
  const entries = parseJson(text, 'the training data begins as an array and') as unknown[]
  return entries.map((entry, i) => parseTrainingText(entry, `entry ${i + 1}`))
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError('bad-input', `${what} is not JSON: ${reason}`, { cause })
  }
}

function parseTrainingText(value: unknown, name: string): TrainingText {
  const record = isRecord(value) ? value : {}
  const exchange = pairOf(record) ?? firstExchange(record['messages'] ?? record['conversations'])
  if (exchange) {
    const { prompt, answer } = exchange
    return { context: prompt, turns: [{ question: undefined, answer }], name }
  }
  throw new LongtabError(
    'bad-input',
    `${name} of the training data has neither "prompt" and "answer" nor "instruction" and "output", nor "messages" or "conversations" with a question and its answer`,
  )
}

interface Exchange {
  readonly prompt: string
  readonly answer: string
}

function pairOf(record: Readonly<Record<string, unknown>>): Exchange | undefined {
  const { prompt, answer, instruction, input, output } = record
  if (isText(prompt) && isText(answer)) return { prompt, answer }
  if (!isText(instruction) || !isText(output)) return undefined
  return { prompt: [instruction, input].filter(isText).join('\n\n'), answer: output }
}

/** The text before the first reply, system text included, and the reply. */
function firstExchange(messages: unknown): Exchange | undefined {
  if (!Array.isArray(messages)) return undefined
  const before: string[] = []
  for (const message of messages as readonly unknown[]) {
    if (!isRecord(message)) return undefined
    const role = message['role'] ?? message['from']
    const text = message['content'] ?? message['value']
    if (!isText(text)) return undefined
    if (role === 'assistant' || role === 'gpt') {
      return before.length > 0 ? { prompt: before.join('\n\n'), answer: text } : undefined
    }
    before.push(text)
  }
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
