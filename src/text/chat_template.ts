// A model's chat template, rendered once for a conversation, with markers instead of its texts, and cut at the markers.
import { Template } from '@huggingface/jinja'
import { LongtabError } from '../api/errors.ts'
import type { TemplateVariables } from '../api/model.ts'
import type { Tool, ToolCall } from '../api/tools.ts'
import { templateFunctions, withOwnCalls } from './template_functions.ts'
import type { TemplateSource } from './template_source.ts'

/** What is said in a conversation: a text of somebody's, or calls of tools. */
export type Said =
  | { readonly who: 'system' | 'user' | 'assistant' | 'tool' }
  | { readonly who: 'caller'; readonly calls: readonly ToolCall[]; readonly written: string }

/** The template's texts around those of a conversation. */
export interface ChatParts {
  /** before the document, which begins the first text */
  readonly before: string
  /** (texts): before each text; calls of tools stand in the one behind them */
  readonly leading: readonly string[]
  readonly after: string
}

/** How a whole conversation is rendered. */
export interface Wanted {
  readonly think: boolean
  readonly tools?: readonly Tool[]
}

export interface ChatTemplate {
  /** Throws LongtabError `bad-file` where the template does not work or does not pass all texts on. */
  readonly render: (said: readonly Said[], think: boolean) => ChatParts
  /** The same as one text, with markers in it. */
  readonly text: (said: readonly Said[], wanted: Wanted) => string
}

const documentMarker = 'DocumentStandsHere'
const markerOf = (text: number) => `Text${text}StandsHere`

export function openTemplate(
  source: TemplateSource,
  specialTexts: Readonly<Record<string, string>>,
  variables: TemplateVariables,
): ChatTemplate {
  let template: Template | undefined

  function text(said: readonly Said[], { think, tools }: Wanted): string {
    const offered = tools?.map((tool) => ({ type: 'function', function: { ...tool } })) ?? null
    try {
      return (template ??= new Template(withOwnCalls(source.text))).render({
        ...templateFunctions(),
        bos_token: '',
        eos_token: '',
        ...specialTexts,
        messages: messagesOf(said),
        add_generation_prompt: true,
        tools: offered,
        xml_tools: offered, // what SmolLM3's template calls them
        documents: null,
        ...variables,
        enable_thinking: think,
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LongtabError(
        'bad-file',
        `the chat template in ${source.file} does not work for ${inTurns(said)}: ${reason}`,
        { cause },
      )
    }
  }

  return {
    text,
    render(said, think) {
      const texts = said.filter(({ who }) => who !== 'caller')
      const cut = cutAt(text(said, { think }), [
        documentMarker,
        ...texts.map((_, i) => markerOf(i)),
      ])
      if (cut === undefined) {
        throw new LongtabError(
          'bad-file',
          `the chat template in ${source.file} does not pass the user's text on whole and once, for ${inTurns(said)}`,
        )
      }
      const [before = '', ...others] = cut
      return { before, leading: others.slice(0, -1), after: others.at(-1) ?? '' }
    },
  }
}

/** The document and an empty line stand before the user's first text. */
function messagesOf(said: readonly Said[]): readonly object[] {
  let texts = 0
  let isRead = false
  let called: readonly { readonly id: string; readonly name: string }[] = []
  return said.map((one) => {
    if (one.who === 'caller') {
      called = one.calls.map(({ name }, i) => ({ id: `call0000${i}`, name }))
      if (one.written !== '') return { role: 'assistant', content: one.written }
      const tool_calls = one.calls.map((call, i) => ({
        ...{ id: called[i]?.id, type: 'function', function: { ...call } },
      }))
      return { role: 'assistant', content: '', tool_calls }
    }
    const content = markerOf(texts++)
    if (one.who === 'tool') {
      const [{ id, name } = { id: '', name: '' }, ...later] = called
      called = later
      return { role: 'tool', content, name, tool_call_id: id }
    }
    if (one.who !== 'user' || isRead) return { role: one.who, content }
    isRead = true
    return { role: 'user', content: `${documentMarker}\n\n${content}` }
  })
}

function inTurns(said: readonly Said[]): string {
  const turns = said.filter(({ who }) => who === 'user').length
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
