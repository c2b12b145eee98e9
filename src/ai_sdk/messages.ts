// The AI SDK's messages in the words of a chat completion.
import type { LanguageModelV4FilePart, LanguageModelV4Prompt } from '@ai-sdk/provider'
import type { ChatMessage, FilePart, TextPart } from '../openai/index.ts'

/** Throws TypeError for what is no text and no document. */
export function messagesOf(prompt: LanguageModelV4Prompt): ChatMessage[] {
  return prompt.map((message): ChatMessage => {
    if (message.role === 'system') return { role: 'system', content: message.content }
    if (message.role === 'user')
      return {
        role: 'user',
        content: message.content.map((part) =>
          part.type === 'file' ? fileOf(part) : textOf(part.text),
        ),
      }
    if (message.role === 'tool')
      throw new TypeError('results of tools are not read: say them in a text')
    const texts = message.content.flatMap((part) =>
      part.type === 'text' ? [textOf(part.text)] : [],
    )
    return { role: 'assistant', content: texts }
  })
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
