// What a chat completion answers, in the words of OpenAI's API. Arrays may be changed, as in the official client's types.
import type { AnswerSummary } from '../index.ts'

/** Why an answer ended: by itself or at a text of `stop`, with calls of tools, or because it had all its tokens. */
export type FinishReason = 'stop' | 'length' | 'tool_calls'

/** What the answer took. */
export interface Usage {
  /** Tokens of document, earlier turns and question. */
  prompt_tokens: number
  /** Tokens of the answer, thoughts among them. */
  completion_tokens: number
  /** Sum of the two. */
  total_tokens: number
  /** What of the prompt cost nothing. */
  prompt_tokens_details: {
    /** Tokens of the document, where it was read for an earlier call and not again. */
    cached_tokens: number
  }
}

/** What Longtab says beyond OpenAI's form: where the document says so, and what to think of the answer. */
export interface Grounding extends Pick<
  AnswerSummary,
  'finish' | 'sources' | 'reread' | 'doubtful' | 'odds' | 'overflow' | 'remembered'
> {
  /** What was left out of the document or could not be decoded, in sentences for people. */
  readonly notes: readonly string[]
}

/** A token, and how likely it is. */
export interface TokenLogprob {
  /** Its text; a part of a character is shown as `\ufffd`. */
  token: string
  /** Its bytes in UTF-8; `null` for control tokens, and where they depend on the tokens beside it. */
  bytes: number[] | null
  /** Natural logarithm of its probability, whatever the temperature is. */
  logprob: number
}

/** The tokens of an answer or of a part of it, what the model thought among them. */
export interface Logprobs {
  /** Each token, and the likeliest in its place. */
  content: (TokenLogprob & {
    /** The likeliest tokens in its place, the likeliest first; none unless `top_logprobs` asks for them. */
    top_logprobs: TokenLogprob[]
  })[]
  /** Always `null`: a refusal has no tokens. */
  refusal: null
}

/** A call of a tool. */
export interface ToolCallObject {
  /** Names the call; the message with its result says it again. */
  id: string
  /** Says that it is a function. */
  type: 'function'
  /** The call. */
  function: {
    /** Name of the tool. */
    name: string
    /** What it is to be run with: an object in JSON. */
    arguments: string
  }
}

/** The model's message. */
export interface AnswerMessage {
  /** The model. */
  role: 'assistant'
  /** The answer; `null` where there are calls alone, or where the document does not speak of what is asked. */
  content: string | null
  /** Calls of tools, which the answer consists of or ends with. `undefined` where there are none. */
  tool_calls?: ToolCallObject[]
  /** Says that the document does not speak of it; `null` elsewhere. */
  refusal: string | null
  /** What the model thought before it answered. `undefined` where it did not think. */
  reasoning_content?: string
}

/** A whole answer. */
export interface ChatCompletion {
  /** Names this answer. */
  id: string
  /** Says what it is. */
  object: 'chat.completion'
  /** Seconds since 1970 at which it was asked for. */
  created: number
  /** Name of the model. */
  model: string
  /** The one answer. */
  choices: {
    /** Always 0. */
    index: number
    /** The answer. */
    message: AnswerMessage
    /** Why it ended. */
    finish_reason: FinishReason
    /** How likely its tokens were; `null` unless `logprobs` asks for it. */
    logprobs: Logprobs | null
  }[]
  /** What it took. */
  usage: Usage
  /** What Longtab says beyond OpenAI's form. */
  longtab: Grounding
}

/** What is new in an answer. */
export interface AnswerDelta extends Partial<Omit<AnswerMessage, 'tool_calls'>> {
  /** Calls of tools, each whole. `undefined` where none is new. */
  tool_calls?: (ToolCallObject & {
    /** How many came before it. */
    index: number
  })[]
}

/** A part of an answer. */
export interface ChatCompletionChunk {
  /** Names the answer that it is of. */
  id: string
  /** Says what it is. */
  object: 'chat.completion.chunk'
  /** Seconds since 1970 at which the answer was asked for. */
  created: number
  /** Name of the model. */
  model: string
  /** The one answer's next part; none in the chunk that tells the usage. */
  choices: {
    /** Always 0. */
    index: number
    /** What is new. */
    delta: AnswerDelta
    /** Why the answer ended, in its last part; `null` before. */
    finish_reason: FinishReason | null
    /** How likely the tokens were that are new. `undefined` unless `logprobs` asks for it. */
    logprobs?: Logprobs
  }[]
  /** What the answer took, in the last chunk where `include_usage` asked for it; `null` in those before it. `undefined` unless asked for. */
  usage?: Usage | null
  /** What Longtab says beyond OpenAI's form, in the chunk with `finish_reason`. `undefined` in all others. */
  longtab?: Grounding
}

/**
 * An answer in parts. Leaving the loop, or aborting `controller`, ends it and frees all that it took; the loop then ends without
 * an error, as the official client's does.
 */
export interface ChatCompletionStream extends AsyncIterable<ChatCompletionChunk> {
  /** Ends the answer. */
  readonly controller: AbortController
}
