// The text of an answer, from the ids as they are sampled: thoughts and calls of tools apart, cut at the first stop text.
import type { AnswerOptions } from '../api/answer.ts'
import type { ToolCall } from '../api/tools.ts'
import { CallParts } from '../text/call_parts.ts'
import { Detokenizer } from '../text/detokenizer.ts'
import { StopStrings } from '../text/stops.ts'
import { ThinkingParts, type Kind, type Part } from '../text/thinking.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

export interface TextOptions extends Pick<AnswerOptions, 'stop' | 'showSpecial'> {
  /** texts that end it as an end token does */
  readonly endTexts?: readonly string[]
  /** whether the prompt ends inside a thought; undefined where thoughts are not separated from the answer */
  readonly beginsThinking?: boolean
  /** names of the tools that may be called; undefined where calls are text as any other */
  readonly toolNames?: readonly string[] | undefined
}

export interface AnswerText {
  /** What is final so far. */
  readonly written: Readonly<Record<Kind, string>>
  readonly calls: readonly ToolCall[]
  push(id: number): void
  /** Gives what was held back. No id comes after it. */
  flush(): void
  /** Whether a text of `stop` or an end text has ended it. */
  endedBy(): 'stop' | 'end' | undefined
}

/** @param onPart called with every piece of text that is final; calls are in `calls` */
export function openAnswerText(
  tokenizer: Tokenizer,
  { stop = [], showSpecial = false, endTexts = [], beginsThinking, toolNames }: TextOptions,
  onPart: (part: Part) => void,
): AnswerText {
  const detokenizer = new Detokenizer(tokenizer, showSpecial ? 'shown' : 'hidden')
  const stops = new StopStrings([...stop, ...endTexts])
  const thinking = beginsThinking === undefined ? undefined : new ThinkingParts(beginsThinking)
  const written: Record<Kind, string> = { answer: '', thinking: '' }
  const callParts = toolNames && new CallParts(toolNames)
  const calls: ToolCall[] = []
  const give = (kind: Kind, text: string): void => {
    if (text === '') return
    written[kind] += text
    onPart({ kind, text })
  }
  const giveAnswer = (part: string | ToolCall): void => {
    if (typeof part === 'string') give('answer', part)
    else calls.push(part)
  }
  const takeAnswer = (text: string): void => (callParts?.push(text) ?? [text]).forEach(giveAnswer)
  const take = ({ kind, text }: Part): void =>
    kind === 'answer' ? takeAnswer(stops.push(text)) : give(kind, text)
  const split = (text: string): void =>
    (thinking?.push(text) ?? [{ kind: 'answer', text } as const]).forEach(take)
  return {
    written,
    calls,
    push: (id) => split(detokenizer.push(id)),
    flush() {
      split(detokenizer.flush())
      thinking?.flush().forEach(take)
      takeAnswer(stops.flush())
      callParts?.flush().forEach(giveAnswer)
    },
    endedBy() {
      if (stops.found === undefined) return undefined
      return stop.includes(stops.found) ? 'stop' : 'end'
    },
  }
}
