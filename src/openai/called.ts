// Calls of one message, and what the messages after it say that they gave.
import type { ToolExchange } from '../index.ts'
import { RequestError } from './request_error.ts'
import type { NamedCall } from './tools.ts'

export class Called {
  readonly #calls: readonly NamedCall[]
  readonly #at: string
  readonly #results = new Map<string, string>()

  /** @param at the message */
  constructor(calls: readonly NamedCall[], at: string) {
    this.#calls = calls
    this.#at = at
  }

  /** Takes what a call gave. Throws RequestError for another id than those of the calls. */
  give(id: unknown, result: string, at: string): void {
    const call = this.#calls.find((one) => one.id === id)
    if (call === undefined)
      throw wrong(
        `${at}.tool_call_id`,
        `is ${JSON.stringify(id)}; it must be one of ${this.#calls.map((one) => one.id).join(', ')}`,
      )
    this.#results.set(call.id, result)
  }

  /** Throws RequestError where a call has no result. */
  exchange(): ToolExchange {
    const results = this.#calls.map(({ id }, i) => {
      const result = this.#results.get(id)
      if (result !== undefined) return result
      throw wrong(
        `${this.#at}.tool_calls[${i}]`,
        `has no result; send a message of role tool with the tool_call_id ${id}`,
      )
    })
    return { calls: this.#calls.map(({ call }) => call), results }
  }
}

function wrong(param: string, what: string): RequestError {
  return new RequestError('bad-input', `${param} ${what}`, { param })
}
