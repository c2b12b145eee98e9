// The AI SDK's messages in the words of a chat completion.
import type {
  LanguageModelV4FilePart,
  LanguageModelV4Prompt,
  LanguageModelV4ToolApprovalResponsePart,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import type {
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallObject,
  ToolMessage,
} from '../openai/index.ts'

/** Throws TypeError for what is no text and no document. */
export function messagesOf(prompt: LanguageModelV4Prompt): ChatMessage[] {
  return prompt.flatMap((message): ChatMessage[] => {
    if (message.role === 'system') return [{ role: 'system', content: message.content }]
    if (message.role === 'user')
      return [
        {
          role: 'user',
          content: message.content.map((part) =>
            part.type === 'file' ? fileOf(part) : textOf(part.text),
          ),
        },
      ]
    if (message.role === 'tool') return message.content.flatMap(resultOf)
    const texts = message.content.flatMap((part) =>
      part.type === 'text' ? [textOf(part.text)] : [],
    )
    const tool_calls = message.content.flatMap((part) =>
      part.type === 'tool-call' ? [callOf(part)] : [],
    )
    return [{ role: 'assistant', content: texts, ...(tool_calls.length > 0 && { tool_calls }) }]
  })
}

function callOf({ toolCallId, toolName, input }: LanguageModelV4ToolCallPart): ToolCallObject {
  const called = { name: toolName, arguments: JSON.stringify(input) }
  return { id: toolCallId, type: 'function', function: called }
}

function resultOf(
  part: LanguageModelV4ToolResultPart | LanguageModelV4ToolApprovalResponsePart,
): ToolMessage[] {
  if (part.type !== 'tool-result') return []
  const { toolCallId, output } = part
  return [{ role: 'tool', tool_call_id: toolCallId, content: resultText(output) }]
}

function resultText(output: LanguageModelV4ToolResultPart['output']): string {
  if (output.type === 'execution-denied') return output.reason ?? 'The user did not allow it.'
  if (output.type === 'content')
    throw new TypeError('a tool’s result of several parts is not read: give a text or JSON')
  return typeof output.value === 'string' ? output.value : JSON.stringify(output.value)
}

function textOf(text: string): TextPart {
  return { type: 'text', text }
}

function fileOf({ data, filename, mediaType }: LanguageModelV4FilePart): FilePart {
  if (/^(image|audio|video)[/]/.test(mediaType))
    throw new TypeError(`files of type ${mediaType} are not read: give a document with text`)
  const named = filename === undefined ? {} : { filename }
  if (data.type === 'text')
    return { type: 'file', file: { file_data: new Blob([data.text]), ...named } }
  if (data.type !== 'data')
    throw new TypeError(`a file given by ${data.type} is not read: give its content`)
  const content =
    typeof data.data === 'string' ? data.data : new Blob([data.data as Uint8Array<ArrayBuffer>])
  return { type: 'file', file: { file_data: content, ...named } }
}
