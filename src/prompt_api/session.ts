// A session: a list of messages. A prompt is answered with all of them, and joins them with its answer.
import type { ChatRequest } from '../openai/index.ts'
import type { LanguageModel } from './language_model.ts'
import type { Answering } from './loader.ts'
import { asChat, messagesOf, textsOf } from './messages.ts'
import type { PromptInput, PromptMessage, PromptOptions, SignalOption } from './options.ts'
import { asException, refusal } from './refusal.ts'
import type { Sampling } from './sampling.ts'

/** What a session is made of. */
interface Made {
  readonly answering: Answering
  readonly sampling: Sampling
  readonly messages: readonly PromptMessage[]
  readonly usage: number
  readonly signal: AbortSignal | undefined
}

class Session extends EventTarget implements LanguageModel {
  readonly contextWindow = Infinity
  readonly topK: number
  readonly temperature: number
  oncontextoverflow: ((event: Event) => void) | null = null
  #messages: readonly PromptMessage[]
  #usage: number
  /** prompts of the session one after the other, each with the answers before it */
  #last: Promise<unknown> = Promise.resolve()
  readonly #answering: Answering
  readonly #sampling: Sampling
  readonly #ended = new AbortController()

  constructor({ answering, sampling, messages, usage, signal }: Made) {
    super()
    this.#answering = answering
    this.#sampling = sampling
    this.#messages = messages
    this.#usage = usage
    this.topK = sampling.top_k
    this.temperature = sampling.temperature
    this.addEventListener('contextoverflow', (event) => this.oncontextoverflow?.(event))
    if (signal?.aborted) this.destroy()
    signal?.addEventListener('abort', () => this.destroy())
  }

  get contextUsage(): number {
    return this.#usage
  }

  async prompt(input: PromptInput, options?: PromptOptions): Promise<string> {
    let text = ''
    await this.#answer(input, options, (piece) => (text += piece))
    return text
  }

  promptStreaming(input: PromptInput, options: PromptOptions = {}): ReadableStream<string> {
    const left = new AbortController()
    const signals = [left.signal, ...(options.signal ? [options.signal] : [])]
    const call = { ...options, signal: AbortSignal.any(signals) }
    return new ReadableStream<string>({
      start: (controller) => {
        this.#answer(input, call, (piece) => controller.enqueue(piece)).then(
          () => controller.close(),
          (error: unknown) => left.signal.aborted || controller.error(error),
        )
      },
      cancel: () => left.abort(),
    })
  }

  async append(input: PromptInput, { signal }: SignalOption = {}): Promise<void> {
    const added = messagesOf(input, false)
    await this.#inOrder(signal, async () => {
      this.#usage += await countTokens(this.#answering, added)
      this.#messages = [...this.#messages, ...added]
    })
  }

  async measureContextUsage(input: PromptInput, { signal }: PromptOptions = {}): Promise<number> {
    this.#check(signal)
    return countTokens(this.#answering, messagesOf(input, false))
  }

  async clone({ signal }: SignalOption = {}): Promise<LanguageModel> {
    return this.#inOrder(signal, async () =>
      createSession({
        answering: this.#answering,
        sampling: this.#sampling,
        messages: this.#messages,
        usage: this.#usage,
        signal: undefined,
      }),
    )
  }

  destroy(): void {
    this.#ended.abort(refusal('AbortError', 'the session was destroyed'))
  }

  async #answer(
    input: PromptInput,
    { signal, responseConstraint: schema }: PromptOptions = {},
    onText: (text: string) => void,
  ): Promise<void> {
    const added = messagesOf(input, false)
    await this.#inOrder(signal, async (either) => {
      const messages = [...this.#messages, ...added]
      const request: ChatRequest & { stream: true } = {
        ...{ model: 'longtab', messages: asChat(messages), stream: true },
        ...{ stream_options: { include_usage: true }, ...this.#sampling, seed: anySeed() },
        ...constrained(schema),
      }
      const parts = await this.#answering.completions.create(request, { signal: either })
      let text = ''
      for await (const { choices, usage, longtab } of parts) {
        const { content, refusal: absent } = choices[0]?.delta ?? {}
        const piece = content ?? absent ?? ''
        text += piece
        if (piece !== '') onText(piece)
        if (usage) this.#usage = usage.total_tokens
        if (longtab && longtab.remembered < turnsBefore(messages)) this.#overflow()
      }
      either.throwIfAborted() // a stream that was left ends without an error
      this.#messages = [...messages, { role: 'assistant', content: text }]
    })
  }

  /** @param work gets a signal that fires with the caller's or with the session's end */
  async #inOrder<T>(
    signal: AbortSignal | undefined,
    work: (either: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#check(signal)
    const either = AbortSignal.any([this.#ended.signal, ...(signal ? [signal] : [])])
    const before = this.#last
    const result = untilAborted(before, either).then(() => work(either))
    this.#last = Promise.allSettled([before, result])
    try {
      return await result
    } catch (error) {
      throw asException(error, either)
    }
  }

  #check(signal: AbortSignal | undefined): void {
    if (this.#ended.signal.aborted)
      throw refusal('InvalidStateError', 'the session was destroyed; create another')
    signal?.throwIfAborted()
  }

  #overflow(): void {
    this.dispatchEvent(new Event('contextoverflow'))
  }
}

export function createSession(made: Made): LanguageModel {
  return new Session(made)
}

/** A browser's model draws differently each time; that tells nothing where the likeliest token is taken. */
function anySeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
}

/** Questions that were answered before the one that is asked. */
function turnsBefore(messages: readonly PromptMessage[]): number {
  return asChat(messages).filter(({ role }) => role === 'assistant').length
}

function constrained(schema: object | undefined): Pick<ChatRequest, 'response_format'> {
  if (schema === undefined) return {}
  if (schema instanceof RegExp)
    throw refusal(
      'NotSupportedError',
      'a regular expression cannot bind an answer here: give a JSON schema',
    )
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'constraint', schema } },
  } as never
}

/** Rejects with the signal's reason; what was under way goes on for others. */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    work.then(resolve, reject)
  })
}

export async function countTokens(
  { model }: Answering,
  messages: readonly PromptMessage[],
): Promise<number> {
  const texts = messages.flatMap(textsOf)
  const counts = await Promise.all(texts.map((text) => model.countTokens(text)))
  return counts.reduce((sum, count) => sum + count, 0)
}
