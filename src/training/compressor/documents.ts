// Documents of one length, as they stand in the chat template: texts one after the other until there are tokens enough, as
// the official training groups its texts.
import type { ChatForm } from '../../text/chat.ts'
import type { Tokenizer } from '../../text/tokenizer.ts'
import type { TrainingText } from '../sample.ts'

/** @param text the i-th of as many as are needed */
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
