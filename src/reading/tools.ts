// Tools of a question: how they are offered to the model, and what holds its answer to a call where one is required.
import type { AskOptions } from '../api/answer.ts'
import { LongtabError } from '../api/errors.ts'
import type { JsonSchema } from '../api/json.ts'
import type { Tool } from '../api/tools.ts'
import type { ChatForm } from '../text/chat.ts'
import type { CallForm, OfferedTools } from '../text/tool_form.ts'

/** What a question asks of its answer. */
export interface ToolUse {
  /** undefined without tools */
  readonly offered: OfferedTools | undefined
  readonly toolNames: readonly string[] | undefined
  /** what a call that is required begins with */
  readonly opening: string
  /** what the answer is held to, a call among it; undefined for a free answer */
  readonly form: AskOptions['json'] | undefined
}

/** Throws LongtabError `bad-setting` for tools that cannot be offered, or not in this way. */
export function toolUse(chat: ChatForm, { tools = [], toolChoice = 'auto', json }: Asked): ToolUse {
  const callable = typeof toolChoice === 'object' ? named(tools, toolChoice.name) : tools
  if (tools.length === 0) {
    if (toolChoice !== 'auto')
      throw refused('a call is required of 0 tools; give tools, or let toolChoice be auto')
    return { offered: undefined, toolNames: undefined, opening: '', form: json }
  }
  if (json !== undefined)
    throw refused('an answer cannot be held to json and call tools; leave one of them out')
  const toolNames = tools.map(({ name }) => name)
  requireNames(toolNames)
  const offered = chat.offer(tools)
  if (toolChoice === 'auto') return { offered, toolNames, opening: '', form: undefined }
  const { opening } = offered.form
  return { offered, toolNames, opening, form: callOf(callable, offered.form) }
}

type Asked = Pick<AskOptions, 'tools' | 'toolChoice' | 'json'>

function named(tools: readonly Tool[], wanted: string): readonly Tool[] {
  const found = tools.filter(({ name }) => name === wanted)
  if (found.length > 0) return found
  throw refused(
    `toolChoice names ${wanted}, which is none of the ${tools.length} tools; name one that is offered`,
  )
}

function requireNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw refused(`two tools are called ${twice}; give each a name of its own`)
  if (names.includes('')) throw refused('a tool has no name; give it one')
}

/** The form of a call of one of the tools. */
function callOf(tools: readonly Tool[], { argumentsName }: CallForm): JsonSchema {
  const forms = tools.map(({ name, parameters = { type: 'object' } }) => ({
    type: 'object',
    properties: { name: { const: name }, [argumentsName]: parameters },
    required: ['name', argumentsName],
  }))
  return { anyOf: forms }
}

function refused(sentence: string): LongtabError {
  return new LongtabError('bad-setting', sentence)
}
