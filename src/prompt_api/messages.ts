// A session's messages, checked as the Prompt API asks and put into the words of a chat completion.
import type { ChatMessage, TextPart } from '../openai/index.ts'
import type { PromptInput, PromptMessage } from './options.ts'
import { refusal } from './refusal.ts'

/** @param isFirst whether a system message may come first. Throws TypeError and `NotSupportedError`. */
export function messagesOf(input: PromptInput, isFirst: boolean): PromptMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input)) throw new TypeError('a prompt is a text or a list of messages')
  for (const [i, message] of input.entries()) {
    checkRole(message, i, isFirst)
    textsOf(message)
    if (message.prefix === true)
      throw refusal('NotSupportedError', 'an answer cannot be begun here: leave out prefix')
  }
  return input
}

function checkRole({ role }: PromptMessage, index: number, isFirst: boolean): void {
  if (!['system', 'user', 'assistant'].includes(role))
    throw new TypeError(`'${role}' is no role; it must be system, user or assistant`)
  if (role !== 'system') return
  if (!isFirst)
    throw refusal('NotSupportedError', 'a system message belongs first into initialPrompts')
  if (index > 0) throw new TypeError('a system message must be the first of initialPrompts')
}

/** The texts of a message. Throws `NotSupportedError` for pictures, sound and tools. */
export function textsOf({ content }: PromptMessage): string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) throw new TypeError('content is a text or a list of parts')
  return content.map(({ type, value }) => {
    if ((type as string) !== 'text')
      throw refusal('NotSupportedError', `parts of type ${type} are not understood: send text`)
    if (typeof value !== 'string') throw new TypeError('the value of a text is a string')
    return value
  })
}

/**
 * The messages as a chat completion takes them. What the user said in a row is one message: its last text is the question, and
 * those before it are documents.
 */
export function asChat(messages: readonly PromptMessage[]): ChatMessage[] {
  const chat: ChatMessage[] = []
  for (const message of messages) {
    const parts = textsOf(message).map((text): TextPart => ({ type: 'text', text }))
    const last = chat.at(-1)
    if (message.role === 'user' && last?.role === 'user' && Array.isArray(last.content))
      last.content.push(...parts)
    else chat.push({ role: message.role, content: parts })
  }
  return chat
}
