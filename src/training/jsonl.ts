// Training texts from JSON lines: {"prompt", "answer"}, or a conversation whose first exchange is taken, as "messages"
// ({role, content}) or in ShareGPT's form as LongAlpaca and LongAlign have it: "conversations" ({from, value}).
import { LongtabError } from '../errors.ts'
import type { TrainingText } from './sample.ts'

/** Throws LongtabError `bad-input` naming the line. */
export function parseTrainingLines(text: string): TrainingText[] {
  const texts = text.split('\n').flatMap((line, i) => {
    const place = `line ${i + 1}`
    return line.trim() === '' ? [] : [parseTrainingText(parseJson(line, place), place)]
  })
  if (texts.length > 0) return texts
  throw new LongtabError('bad-input', 'the training data is empty; give it at least one line')
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError('bad-input', `${place} of the training data is not JSON: ${reason}`, {
      cause,
    })
  }
}

function parseTrainingText(value: unknown, place: string): TrainingText {
  const record = isRecord(value) ? value : {}
  const { prompt, answer } = record
  if (isText(prompt) && isText(answer)) {
    return { context: prompt, turns: [{ question: undefined, answer }], place }
  }
  const messages = record['messages'] ?? record['conversations']
  const exchange = Array.isArray(messages) ? firstExchange(messages) : undefined
  if (exchange) {
    return {
      context: exchange.prompt,
      turns: [{ question: undefined, answer: exchange.answer }],
      place,
    }
  }
  throw new LongtabError(
    'bad-input',
    `${place} of the training data has neither "prompt" and "answer" nor "messages" or "conversations" with a question and its answer`,
  )
}

/** What stands before the first reply, system text included, and the reply. */
function firstExchange(
  messages: readonly unknown[],
): { prompt: string; answer: string } | undefined {
  const before: string[] = []
  for (const message of messages) {
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
