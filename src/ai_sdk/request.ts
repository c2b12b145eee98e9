// A call of the AI SDK as a chat completion. What is asked for and not done is a warning, which the SDK shows.
import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider'
import type { JsonSchema } from '../index.ts'
import type { ChatRequest, WholeRequest } from '../openai/index.ts'
import { messagesOf } from './messages.ts'

export interface Requested {
  readonly request: WholeRequest
  readonly warnings: SharedV4Warning[]
}

/** Throws TypeError for parts of messages that are no text and no document. */
export function requestOf(call: LanguageModelV4CallOptions, model: string): Requested {
  const { maxOutputTokens, temperature, topP, topK, seed, stopSequences } = call
  const given = {
    max_completion_tokens: maxOutputTokens,
    temperature,
    top_p: topP,
    top_k: topK,
    seed,
    stop: stopSequences,
  }
  const request: WholeRequest = {
    model,
    messages: messagesOf(call.prompt),
    ...defined(given),
    ...reasoning(call),
    ...format(call),
    ...toolsOf(call),
  }
  return { request, warnings: warningsOf(call) }
}

function defined<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const found = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(found) as { [Name in keyof T]?: Exclude<T[Name], undefined> }
}

function reasoning({
  reasoning: effort = 'provider-default',
}: LanguageModelV4CallOptions): Pick<ChatRequest, 'reasoning_effort'> {
  if (effort === 'provider-default') return {}
  return { reasoning_effort: effort === 'max' ? 'xhigh' : effort }
}

function format({
  responseFormat,
}: LanguageModelV4CallOptions): Pick<ChatRequest, 'response_format'> {
  if (responseFormat?.type !== 'json') return {}
  const { schema, name = 'answer' } = responseFormat
  if (schema === undefined) return { response_format: { type: 'json_object' } }
  return {
    response_format: { type: 'json_schema', json_schema: { name, schema: schema as JsonSchema } },
  }
}

/** Functions; tools of other types are a warning. */
function toolsOf({
  tools = [],
  toolChoice,
}: LanguageModelV4CallOptions): Pick<ChatRequest, 'tools' | 'tool_choice'> {
  const functions = tools.filter((tool) => tool.type === 'function')
  if (functions.length === 0) return {}
  return {
    tools: functions.map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters: inputSchema as Record<string, unknown>,
      },
    })),
    tool_choice:
      toolChoice?.type === 'tool'
        ? { type: 'function', function: { name: toolChoice.toolName } }
        : (toolChoice?.type ?? 'auto'),
  }
}

function warningsOf(call: LanguageModelV4CallOptions): SharedV4Warning[] {
  const unsupported = (feature: string, details: string): SharedV4Warning => ({
    ...{ type: 'unsupported', feature, details },
  })
  const { presencePenalty = 0, frequencyPenalty = 0, tools = [] } = call
  return [
    ...(presencePenalty === 0 ? [] : [unsupported('presencePenalty', 'tokens are not penalised')]),
    ...(frequencyPenalty === 0
      ? []
      : [unsupported('frequencyPenalty', 'tokens are not penalised')]),
    ...tools
      .filter((tool) => tool.type === 'provider')
      .map(({ name }) => unsupported(name, 'tools that run elsewhere are not called here')),
  ]
}
