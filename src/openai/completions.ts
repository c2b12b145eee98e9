// `chat.completions`: one answer at a time, in the order in which they were asked for, whole or in parts.
import { LongtabError } from '../index.ts'
import { callObject, completionOf, headingFor, lastPartsOf, partOf } from './answer_objects.ts'
import { createChannel } from './channel.ts'
import { complete, type Desk, type Heard } from './complete.ts'
import { conversationOf, type Conversation } from './conversation.ts'
import type { KeptFiles } from './files.ts'
import { logprobsOf } from './logprobs.ts'
import { readParameters, type Parameters } from './parameters.ts'
import { createQueue } from './queue.ts'
import type { CallOptions, ChatRequest, StreamedRequest, WholeRequest } from './request.ts'
import type {
  AnswerDelta,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionStream,
  Logprobs,
} from './response.ts'

/** Answers to conversations. */
export interface ChatCompletions {
  /**
   * Answers a conversation about a document, which is read first unless it was the last one to be read. Completions run one after the
   * other, in the order in which they were asked for. A stream is there at once; what goes wrong after that is thrown by its loop.
   * @throws LongtabError `bad-setting` for a parameter that is unknown, not supported or out of range, `bad-input` for messages that
   * cannot be answered, `aborted`, and what `Model.read` and `LongDocument.ask` throw.
   * @example
   * const { choices, longtab } = await client.chat.completions.create({
   *   model: 'longtab',
   *   messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: book } }, { type: 'text', text: 'Who found it?' }] }],
   * })
   */
  create(request: WholeRequest, call?: CallOptions): Promise<ChatCompletion>
  create(request: StreamedRequest, call?: CallOptions): Promise<ChatCompletionStream>
  create(request: ChatRequest, call?: CallOptions): Promise<ChatCompletion | ChatCompletionStream>
}

/** @param name of the model that answers */
export function createCompletions(desk: Desk, name: string, files: KeptFiles): ChatCompletions {
  const queue = createQueue()

  function answer(asked: Asked, heard: Heard, signal: AbortSignal) {
    const { conversation, parameters } = asked
    return queue.run(signal, () => complete(desk, conversation, parameters, heard, signal))
  }

  async function whole(asked: Asked, { onProgress, signal }: CallOptions): Promise<ChatCompletion> {
    const heading = headingFor(name)
    const never = new AbortController().signal
    const heard = { ...unheard, ...(onProgress && { onProgress }) }
    return completionOf(heading, await answer(asked, heard, signal ?? never))
  }

  function inParts(asked: Asked, { onProgress, signal }: CallOptions): ChatCompletionStream {
    const heading = headingFor(name)
    const { includeUsage } = asked.parameters
    const controller = new AbortController()
    const abort = () => controller.abort()
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    const parts = createChannel<ChatCompletionChunk>(abort)
    const give = (delta: AnswerDelta, logprobs?: Logprobs) =>
      parts.push(partOf(heading, delta, includeUsage, logprobs))
    let calls = 0
    const tells = asked.parameters.options.logProbs !== undefined
    const heard: Heard = {
      ...(onProgress && { onProgress }),
      onText: (content, tokens) => give({ content }, tells ? logprobsOf(tokens) : undefined),
      onThinking: (reasoning_content) => give({ reasoning_content }),
      onCall: (call) => give({ tool_calls: [{ index: calls++, ...callObject(call) }] }),
    }
    give({ role: 'assistant', content: '' })
    answer(asked, heard, controller.signal)
      .then((completed) => {
        for (const part of lastPartsOf(heading, completed, includeUsage)) parts.push(part)
        parts.end()
      })
      .catch((error: unknown) => parts.end(isAborted(error) ? undefined : (error as Error)))
      .finally(() => signal?.removeEventListener('abort', abort))
    return { controller, [Symbol.asyncIterator]: () => parts[Symbol.asyncIterator]() }
  }

  async function create(request: ChatRequest, call: CallOptions = {}) {
    const parameters = await readParameters(request, name)
    const { documents, ...said } = conversationOf(request.messages, files.find)
    const { documentId } = parameters
    const named = documentId === undefined ? [] : [files.find(documentId, 'document_id')]
    const asked = { parameters, conversation: { ...said, documents: [...named, ...documents] } }
    return parameters.stream ? inParts(asked, call) : whole(asked, call)
  }
  return { create: create as ChatCompletions['create'] }
}

/** A request that was read. */
interface Asked {
  readonly parameters: Parameters
  readonly conversation: Conversation
}

const unheard: Heard = {
  onText: () => undefined,
  onThinking: () => undefined,
  onCall: () => undefined,
}

function isAborted(error: unknown): boolean {
  return error instanceof LongtabError && error.code === 'aborted'
}
