// What ends an answer in chat, and whether it begins with a thought.
import type { Engine } from '../forward/engine.ts'
import type { Written } from './answer.ts'
import type { Texts } from './texts.ts'

/** @param think see Asking */
export function endingsOf(
  { plan }: Engine,
  { tokenizer, chat }: Texts,
  think: boolean,
): Pick<Written, 'endIds' | 'endTexts' | 'beginsThinking'> {
  return {
    endIds: [...plan.model.endIds, ...tokenizer.endIds, ...chat.endIds],
    endTexts: chat.endTexts,
    beginsThinking: chat.beginsThinking(think),
  }
}
