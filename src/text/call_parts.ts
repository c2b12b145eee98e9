// Takes calls of tools out of an answer's text: JSON between <tool_call> and </tool_call>, or an answer that is one call in JSON,
// in a fence or not. Qwen2.5-Coder writes fences, though its template asks for marks.
// It works on a stream: text that may be a call, or the beginning of one, is buffered until that is decided. What is no call
// of a tool that was offered stays text.
import type { Json } from '../api/json.ts'
import type { ToolCall } from '../api/tools.ts'
import { overlap } from './overlap.ts'
import { isRecord } from './tokenizer_file.ts'

const opening = '<tool_call>'
const closing = '</tool_call>'
/** An answer that may be one call, or the beginning of one. */
const mayBeCall = /^(\{|`{1,3}$|```(j|js|jso|json)?\s*$|```(json)?\s*\{)/
const fenced = /^```(?:json)?\s*(\{.*\})\s*```$/s

export class CallParts {
  readonly #names: ReadonlySet<string>
  #held = ''
  #hasBegun = false
  #hasCalled = false

  /** @param names of the tools that were offered */
  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  /** Takes more text; returns what is final: texts and calls. */
  push(text: string): (string | ToolCall)[] {
    this.#held += text
    const parts: (string | ToolCall)[] = []
    for (let part = this.#next(); part !== undefined; part = this.#next()) {
      if (part !== '') parts.push(part)
    }
    return parts
  }

  /** Ends the text; returns the buffered part. */
  flush(): (string | ToolCall)[] {
    const text = this.#held
    this.#held = ''
    const found = this.#callIn(text.trim().replace(opening, '').replace(fenced, '$1'))
    if (found !== undefined) return [found]
    return text === '' || (this.#hasCalled && text.trim() === '') ? [] : [text]
  }

  /** The next part of the buffered text; undefined until more text decides. */
  #next(): string | ToolCall | undefined {
    const start = this.#held.trimStart()
    if (start === '') return undefined // between calls it is none of the answer
    if (!this.#hasBegun && mayBeCall.test(start)) return undefined // one call, or a text: known at its end
    if (!start.startsWith(opening)) return this.#textBefore(start)
    const end = start.indexOf(closing)
    if (end < 0) return undefined
    this.#hasBegun = true
    this.#held = start.slice(end + closing.length)
    return this.#callIn(start.slice(opening.length, end)) ?? start.slice(0, end + closing.length)
  }

  #textBefore(start: string): string | undefined {
    if (opening.startsWith(start)) return undefined // a space before it is none of the answer either
    const at = this.#held.indexOf(opening)
    const length = at < 0 ? this.#held.length - overlap(this.#held, opening) : at
    if (length === 0) return undefined
    const text = this.#held.slice(0, length)
    this.#hasBegun = true
    this.#held = this.#held.slice(length)
    return text
  }

  #callIn(text: string): ToolCall | undefined {
    let found: Json
    try {
      found = JSON.parse(text) as Json
    } catch {
      return undefined
    }
    if (!isRecord(found)) return undefined
    const { name, arguments: given = found['parameters'] ?? {} } = found
    if (typeof name !== 'string' || !this.#names.has(name) || !isRecord(given)) return undefined
    this.#hasCalled = true
    return { name, arguments: given }
  }
}
