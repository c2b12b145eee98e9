// An answer in the AI SDK's words, part by part.
import type { LanguageModelV4StreamPart, SharedV4Warning } from '@ai-sdk/provider'
import type { ChatCompletionStream, FinishReason, Grounding, Usage } from '../openai/index.ts'
import { callOf, finishOf, metadataOf, sourcesOf, usageOf } from './result.ts'

/** Cancelling the stream ends the answer. */
export function streamOf(
  parts: ChatCompletionStream,
  warnings: SharedV4Warning[],
): ReadableStream<LanguageModelV4StreamPart> {
  const told = partsOf(parts, warnings)
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await told.next()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        controller.error(error)
      }
    },
    cancel: () => parts.controller.abort(),
  })
}

/** What is being written: an answer begins where its thoughts end. */
type Written = 'text' | 'reasoning'

async function* partsOf(
  parts: ChatCompletionStream,
  warnings: SharedV4Warning[],
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  yield { type: 'stream-start', warnings }
  let open: Written | undefined
  let ending: { readonly reason: FinishReason; readonly grounding: Grounding } | undefined
  let used: Usage | undefined
  for await (const { choices, usage, longtab } of parts) {
    const { delta, finish_reason: reason } = choices[0] ?? {}
    const thought = delta?.reasoning_content ?? ''
    const text = delta?.content ?? delta?.refusal ?? ''
    for (const [kind, piece] of [['reasoning', thought] as const, ['text', text] as const]) {
      if (piece === '') continue
      if (open !== undefined && open !== kind) yield { type: `${open}-end`, id: open }
      if (open !== kind) yield { type: `${kind}-start`, id: kind }
      open = kind
      yield { type: `${kind}-delta`, id: kind, delta: piece }
    }
    for (const call of delta?.tool_calls ?? []) {
      const { id } = call
      const { name: toolName, arguments: input } = call.function
      if (open !== undefined) yield { type: `${open}-end`, id: open }
      open = undefined
      yield { type: 'tool-input-start', id, toolName }
      yield { type: 'tool-input-delta', id, delta: input }
      yield { type: 'tool-input-end', id }
      yield callOf(call)
    }
    if (reason && longtab) ending = { reason, grounding: longtab }
    used = usage ?? used
  }
  if (open !== undefined) yield { type: `${open}-end`, id: open }
  if (ending === undefined || used === undefined) return // it was left
  yield* sourcesOf(ending.grounding)
  yield {
    type: 'finish',
    usage: usageOf(used),
    finishReason: finishOf(ending.reason, ending.grounding),
    providerMetadata: metadataOf(ending.grounding),
  }
}
