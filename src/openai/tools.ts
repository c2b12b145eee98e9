// Tools of a request, and calls of them in messages, read from what may be anything JSON can say.
import type { AskOptions, Json, JsonSchema, Tool, ToolCall, ToolChoice } from '../index.ts'
import { fieldsOf, isFields, wrong } from './fields.ts'

/** No tools where `tool_choice` is `none`. Throws RequestError, which names what is wrong. */
export function toolsOf(tools: unknown, choice: unknown): Pick<AskOptions, 'tools' | 'toolChoice'> {
  const offered = listOf(tools, 'tools').map((tool, i) => toolOf(tool, `tools[${i}]`))
  const toolChoice = choiceOf(choice)
  if (toolChoice === 'none') return {}
  if (offered.length > 0) return { tools: offered, toolChoice }
  if (toolChoice === 'auto') return {}
  throw wrong('tool_choice', 'requires a call, and there are no tools; send tools, or auto')
}

function toolOf(tool: unknown, at: string): Tool {
  const fields = fieldsOf(tool, at, ['type', 'function'])
  if (fields['type'] !== 'function')
    throw wrong(`${at}.type`, 'must be function; tools of other types are not called here')
  const named = `${at}.function`
  const known = ['name', 'description', 'parameters', 'strict']
  const { name, description, parameters } = fieldsOf(fields['function'], named, known)
  if (typeof name !== 'string' || name === '')
    throw wrong(`${named}.name`, 'must be a text with at least 1 character')
  if (description !== undefined && description !== null && typeof description !== 'string')
    throw wrong(`${named}.description`, 'must be a text')
  if (parameters !== undefined && !isFields(parameters))
    throw wrong(`${named}.parameters`, 'must be a JSON schema')
  return {
    name,
    ...(typeof description === 'string' && { description }),
    ...(parameters !== undefined && { parameters: parameters as JsonSchema }),
  }
}

function choiceOf(choice: unknown): ToolChoice | 'none' {
  const param = 'tool_choice'
  if (choice === undefined || choice === null) return 'auto'
  if (choice === 'none' || choice === 'auto' || choice === 'required') return choice
  if (typeof choice === 'string' || !isFields(choice))
    throw wrong(param, 'must be none, auto, required, or a function by its name')
  const { function: named } = fieldsOf(choice, param, ['type', 'function'])
  const { name } = fieldsOf(named, `${param}.function`, ['name'])
  if (typeof name === 'string') return { name }
  throw wrong(`${param}.function.name`, 'must be the name of a tool')
}

/** A call, and the id by which a message says what it gave. */
export interface NamedCall {
  readonly id: string
  readonly call: ToolCall
}

/** Throws RequestError. @param at where they stand */
export function callsOf(calls: unknown, at: string): readonly NamedCall[] {
  return listOf(calls, at).map((one, i) => {
    const here = `${at}[${i}]`
    const { id, function: called } = fieldsOf(one, here, ['id', 'type', 'function', 'index'])
    const known = ['name', 'arguments', 'parsed_arguments']
    const { name, arguments: given } = fieldsOf(called, `${here}.function`, known)
    if (typeof id !== 'string') throw wrong(`${here}.id`, 'must be a text')
    if (typeof name !== 'string') throw wrong(`${here}.function.name`, 'must be a text')
    return { id, call: { name, arguments: argumentsOf(given, `${here}.function.arguments`) } }
  })
}

function argumentsOf(given: unknown, at: string): ToolCall['arguments'] {
  let found: unknown
  try {
    found = typeof given === 'string' ? JSON.parse(given === '' ? '{}' : given) : undefined
  } catch {
    found = undefined
  }
  if (isFields(found)) return found as { readonly [name: string]: Json }
  throw wrong(at, 'must be an object in JSON, as a text')
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw wrong(at, 'must be a list')
}
