// A model behind the interface of the AI SDK (https://ai-sdk.dev, provider specification v4): what `generateText`, `streamText` and
// structured output take as `model`.
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Model } from '../index.ts'
import { openAI, type OpenAIOptions } from '../openai/index.ts'
import { requestOf } from './request.ts'
import { resultOf } from './result.ts'
import { streamOf } from './stream.ts'

/**
 * Puts a model that was loaded behind the AI SDK's interface. Parts `file` of a user's message are documents of any length; in a
 * message of several parts the last text is the question. Passages that state the answer come as sources.
 * @throws Nothing.
 * @example
 * const model = longtab(await load('HuggingFaceTB/SmolLM2-135M-Instruct'))
 * const { text, sources } = await generateText({ model, messages: [{ role: 'user', content: [file, question] }] })
 */
export function longtab(model: Model, options: OpenAIOptions = {}): LanguageModelV4 {
  const { name = 'longtab' } = options
  const { completions } = openAI(model, options).chat
  return {
    specificationVersion: 'v4',
    provider: 'longtab',
    modelId: name,
    supportedUrls: {}, // the SDK fetches them and gives their bytes
    async doGenerate(call) {
      const { request, warnings } = requestOf(call, name)
      const { abortSignal: signal } = call
      const completion = await completions
        .create(request, { ...(signal && { signal }) })
        .catch((error: unknown) => {
          throw signal?.aborted ? signal.reason : error // the SDK knows an end by the signal's own error
        })
      return { ...resultOf(completion), request: { body: request }, warnings }
    },
    async doStream(call) {
      const { request, warnings } = requestOf(call, name)
      const { abortSignal: signal } = call
      const asked = { ...request, stream: true as const, stream_options: { include_usage: true } }
      const parts = await completions.create(asked, { ...(signal && { signal }) })
      return { stream: streamOf(parts, warnings), request: { body: asked } }
    },
  }
}
