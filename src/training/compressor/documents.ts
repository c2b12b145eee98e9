// Documents of one length in the chat template: texts are concatenated until there are enough tokens, as the official
// training groups its texts.
import type { ChatForm } from '../../text/chat.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import type { TrainingText } from '../sample.ts'

/** @param text the i-th text; called as often as needed */
export function encodeDocument(
  tokenizer: Tokenizer,
  chat: ChatForm,
  text: (i: number) => TrainingText,
  length: number,
): Uint32Array {
  const ids = [...chat.prefix]
  for (let i = 0; ids.length < length; i++) {
    const before = i === 0 ? chat.lead : '\n\n'
    ids.push(...tokenizer.encode(before + text(i).context, 'data', chat.boundary))
  }
  return Uint32Array.from(ids.slice(0, length))
}
