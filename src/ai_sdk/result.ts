// An answer in the AI SDK's words, whole. What Longtab says beyond them stands under `providerMetadata.longtab`.
import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4Source,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type {
  ChatCompletion,
  FinishReason,
  Grounding,
  ToolCallObject,
  Usage,
} from '../openai/index.ts'

/** Warnings come from the request. */
export function resultOf(
  completion: ChatCompletion,
): Omit<LanguageModelV4GenerateResult, 'warnings'> {
  const { id, created, model, choices, usage, longtab } = completion
  const [choice] = choices
  const { content, refusal, reasoning_content: thought, tool_calls } = choice?.message ?? {}
  const text = content ?? refusal ?? ''
  const parts: LanguageModelV4Content[] = [
    ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: thought }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...(tool_calls ?? []).map(callOf),
    ...sourcesOf(longtab),
  ]
  return {
    content: parts,
    finishReason: finishOf(choice?.finish_reason ?? 'stop', longtab),
    usage: usageOf(usage),
    providerMetadata: metadataOf(longtab),
    response: { id, timestamp: new Date(1000 * created), modelId: model },
  }
}

export function callOf({ id, function: called }: ToolCallObject): LanguageModelV4ToolCall {
  const { name, arguments: input } = called
  return { type: 'tool-call', toolCallId: id, toolName: name, input }
}

export function usageOf({
  prompt_tokens,
  completion_tokens,
  prompt_tokens_details,
}: Usage): LanguageModelV4Usage {
  const { cached_tokens } = prompt_tokens_details
  return {
    inputTokens: {
      total: prompt_tokens,
      noCache: prompt_tokens - cached_tokens,
      cacheRead: cached_tokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completion_tokens, text: undefined, reasoning: undefined },
  }
}

/** The passages that state the answer: what they say is the title, and where they stand the metadata. */
export function sourcesOf({ sources }: Grounding): LanguageModelV4Source[] {
  return sources.map(({ text, firstChar, length, place }) => ({
    ...{ type: 'source', sourceType: 'document', mediaType: 'text/plain' },
    id: `${firstChar}+${length}`,
    title: text.trim(),
    providerMetadata: { longtab: { firstChar, length, ...(place && { place: { ...place } }) } },
  }))
}

export function finishOf(
  unified: FinishReason,
  { finish }: Grounding,
): LanguageModelV4FinishReason {
  return { unified: unified === 'tool_calls' ? 'tool-calls' : unified, raw: finish }
}

export function metadataOf({
  finish,
  doubtful,
  overflow,
  remembered,
  notes,
}: Grounding): SharedV4ProviderMetadata {
  return { longtab: { finish, doubtful, overflow, remembered, notes: [...notes] } }
}
