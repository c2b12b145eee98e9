// What ends an answer, and whether it begins with a thought.
import type { Engine } from '../forward/engine.ts'
import type { Written } from './answer.ts'
import type { Texts } from './texts.ts'

export type Endings = Pick<Written, 'endIds' | 'endTexts' | 'beginsThinking'>

/** Of an answer in the chat template, or of the continuation of a plain text. */
export function endingsOf(engine: Engine, texts: Texts, inChat: boolean, think: boolean): Endings {
  return inChat ? endingsInChat(engine, texts, think) : endingsOfText(engine, texts)
}

/** Of the continuation of a plain text. */
function endingsOfText({ plan }: Engine, { tokenizer }: Texts): Endings {
  return { endIds: [...plan.model.endIds, ...tokenizer.endIds] }
}

/** Of an answer in the chat template. @param think see Asking */
export function endingsInChat(engine: Engine, texts: Texts, think: boolean): Endings {
  const { chat } = texts
  return {
    endIds: [...endingsOfText(engine, texts).endIds, ...chat.endIds],
    endTexts: chat.endTexts,
    beginsThinking: chat.beginsThinking(think),
  }
}
