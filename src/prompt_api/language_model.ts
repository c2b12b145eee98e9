// The class `LanguageModel`: sessions over one model, which the first of them loads.
import type { Loader } from './loader.ts'
import { messagesOf } from './messages.ts'
import type {
  CoreOptions,
  CreateOptions,
  PromptInput,
  PromptOptions,
  SignalOption,
} from './options.ts'
import { asException, refusal } from './refusal.ts'
import { samplingOf } from './sampling.ts'
import { countTokens, createSession, untilAborted } from './session.ts'
import { unsupportedIn } from './supported.ts'

/** A session: what was said, and what is answered to it. */
export interface LanguageModel extends EventTarget {
  /**
   * Answers a prompt; prompts of a session are answered in the order in which they came. The answer and its prompt are remembered.
   * @throws DOMException `AbortError` or the signal's reason, `InvalidStateError` after `destroy`, `NotSupportedError` for what is no
   * text, `OperationError` with Longtab's error as its cause.
   */
  prompt(input: PromptInput, options?: PromptOptions): Promise<string>
  /**
   * The same, piece by piece. Cancelling the stream ends the prompt.
   * @throws As `prompt`, from the stream.
   */
  promptStreaming(input: PromptInput, options?: PromptOptions): ReadableStream<string>
  /**
   * Puts messages before the next prompt, such as a document of any length. It is read with that prompt.
   * @throws As `prompt`.
   */
  append(input: PromptInput, options?: SignalOption): Promise<void>
  /**
   * Counts the tokens of a prompt's texts.
   * @throws As `prompt`.
   */
  measureContextUsage(input: PromptInput, options?: PromptOptions): Promise<number>
  /** Tokens of what was said, the document among them; before the first prompt, of its texts alone. */
  readonly contextUsage: number
  /** `Infinity`: a document may have any length. */
  readonly contextWindow: number
  /** Hears of the event `contextoverflow`: earlier turns were too long to stand before a prompt. */
  oncontextoverflow: ((event: Event) => void) | null
  /** Only so many of the likeliest tokens are drawn from; 0 draws from all. */
  readonly topK: number
  /** What logits are divided by before a token is drawn; 0 takes the likeliest. */
  readonly temperature: number
  /**
   * Begins a session with what was said so far.
   * @throws As `prompt`.
   */
  clone(options?: SignalOption): Promise<LanguageModel>
  /**
   * Ends the session and what it is answering. The model stays for other sessions.
   * @throws Nothing.
   */
  destroy(): void
}

/** What stands for the browser's `LanguageModel`. */
export interface LanguageModelClass {
  /**
   * Begins a session. The first loads the model.
   * @throws DOMException as `LanguageModel.prompt`; TypeError for initial prompts that are out of order.
   */
  create(options?: CreateOptions): Promise<LanguageModel>
  /**
   * Tells whether a session could be created: `downloadable` before the model was loaded.
   * @throws Nothing.
   */
  availability(options?: CoreOptions): Promise<'unavailable' | 'downloadable' | 'available'>
}

/** @param loader of the one model behind all sessions */
export function languageModelOf(loader: Loader): LanguageModelClass {
  return {
    async create(options = {}) {
      const { signal, monitor, initialPrompts = [] } = options
      signal?.throwIfAborted()
      const lack = unsupportedIn(options)
      if (lack !== undefined) throw refusal('NotSupportedError', lack)
      const messages = messagesOf(initialPrompts, true)
      const target = new EventTarget()
      monitor?.(target)
      const tell = (loaded: number) =>
        void target.dispatchEvent(
          Object.assign(new Event('downloadprogress'), { loaded, total: 1 }),
        )
      try {
        const answering = await untilAborted(loader.load(tell), signal)
        const usage = await countTokens(answering, messages)
        return createSession({ answering, sampling: samplingOf(options), messages, usage, signal })
      } catch (error) {
        throw asException(error, signal)
      }
    },
    async availability(options = {}) {
      if (unsupportedIn(options) !== undefined || !('gpu' in navigator)) return 'unavailable'
      return loader.isLoaded() ? 'available' : 'downloadable'
    },
  }
}
