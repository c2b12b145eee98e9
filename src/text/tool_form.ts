// How a model's chat template offers tools, and how the model writes calls of them. Templates offer tools at the beginning, before
// the document, which was read without them. So their words are taken from there and stand before the question, where no
// eviction reaches them either.
import { LongtabError } from '../api/errors.ts'
import type { Tool, ToolCall } from '../api/tools.ts'
import type { ChatTemplate, Said } from './chat_template.ts'

/** How calls are written. */
export interface CallForm {
  /** what a call begins with, before its JSON */
  readonly opening: string
  readonly closing: string
  /** the name of the arguments in its JSON */
  readonly argumentsName: 'arguments' | 'parameters'
}

/** Tools as a template offers them. */
export interface OfferedTools {
  /** what offers them, in the template's words */
  readonly text: string
  readonly form: CallForm
}

/** Hermes, Qwen 2.5 and 3, SmolLM3, Granite 4. */
const tagged: CallForm = {
  opening: '<tool_call>\n',
  closing: '\n</tool_call>',
  argumentsName: 'arguments',
}

/** Llama 3: the call is the answer. */
const bare: CallForm = { opening: '', closing: '', argumentsName: 'parameters' }

/**
 * Throws LongtabError `bad-setting` where the template takes no tools, or calls are written in a form that is not known.
 * @param template undefined where the model has none
 * @param marks texts of the tokens that begin and end turns
 */
export function offerTools(
  template: ChatTemplate | undefined,
  tools: readonly Tool[],
  marks: readonly string[],
): OfferedTools {
  const text = template && wordsOf(template, tools, marks)
  if (text === undefined)
    throw new LongtabError(
      'bad-setting',
      'this model’s chat template takes no tools; leave tools out, or load a model that was trained to call them',
    )
  return { text, form: formIn(text) }
}

/** The words that the template has with tools only, of the turn that names them. */
function wordsOf(
  template: ChatTemplate,
  tools: readonly Tool[],
  marks: readonly string[],
): string | undefined {
  const pairs = ([[{ who: 'system' }, { who: 'user' }], [{ who: 'user' }]] as Said[][]).values()
  for (const said of pairs) {
    let pair: readonly string[]
    try {
      pair = [[], tools].map((some) => {
        return template.text(said, { think: false, ...(some.length > 0 && { tools: some }) })
      })
    } catch {
      continue // a template without system messages
    }
    const [without = '', offering = ''] = pair
    const name = tools[0]?.name ?? ''
    const added = splitAt(addedTo(without, offering), marks)
    const words = added.find((part) => part.includes(name))
    if (words !== undefined) return words.trim()
  }
  return undefined
}

/** The stretch of a text that another does not have. */
function addedTo(text: string, longer: string): string {
  const most = Math.min(text.length, longer.length)
  let first = 0
  while (first < most && text[first] === longer[first]) first++
  let last = 0
  while (last < most - first && text.at(-1 - last) === longer.at(-1 - last)) last++
  return longer.slice(first, longer.length - last)
}

function splitAt(text: string, marks: readonly string[]): string[] {
  return marks.reduce((parts, mark) => parts.flatMap((part) => part.split(mark)), [text])
}

function formIn(words: string): CallForm {
  if (words.includes('<tool_call>') && !words.includes('<function=')) return tagged
  if (/"name": *function name, *"parameters":/.test(words)) return bare
  throw new LongtabError(
    'bad-setting',
    'this model writes calls of tools in a form that Longtab does not read; leave tools out, or load a model such as Qwen2.5',
  )
}

/** Whether the template writes calls of earlier answers by itself. */
export function writesCalls(template: ChatTemplate): boolean {
  const calls = [{ name: 'CallStandsHere', arguments: {} }]
  const said: Said[] = [{ who: 'user' }, { who: 'caller', calls, written: '' }, { who: 'tool' }]
  return template.text(said, { think: false }).includes('CallStandsHere')
}

/** Calls as the model would have written them. */
export function writeCalls(calls: readonly ToolCall[], form = tagged): string {
  const { opening, closing, argumentsName } = form
  return calls
    .map(({ name, arguments: given }) => {
      return `${opening}${JSON.stringify({ name, [argumentsName]: given })}${closing}`
    })
    .join('\n')
}
