// What the Prompt API takes, in its own words. Names and defaults as in its specification, "The API".

/** A text of a message. */
export interface TextContent {
  /** The only type there is here. */
  type: 'text'
  /** The text. */
  value: string
}

/** One message of a conversation. */
export interface PromptMessage {
  /** Who speaks. `system` is allowed as the first of `initialPrompts` alone. */
  role: 'system' | 'user' | 'assistant'
  /** What is said. In a user's message of several parts the last is the question, and those before it are read as documents. */
  content: string | TextContent[]
  /** Refused where it is `true`. Default: `false`. */
  prefix?: boolean
}

/** A text of the user, or messages of which the last is the user's. */
export type PromptInput = string | PromptMessage[]

/** How freely tokens are drawn. Only the first is the same each time. */
export type SamplingMode =
  'most-predictable' | 'predictable' | 'balanced' | 'creative' | 'most-creative'

/** Kinds of content and languages that a page means to use. */
export interface ExpectedContent {
  /** Only `text` is to be had. */
  type: string
  /** BCP 47 tags. No language is refused: which ones a model speaks is not known. Default: none. */
  languages?: string[]
}

/** What a session must be able to do. */
export interface CoreOptions {
  /** Only so many of the likeliest tokens are drawn from. Default: 0, all. */
  topK?: number
  /** What logits are divided by before a token is drawn. Default: as `samplingMode` has it. */
  temperature?: number
  /** How freely tokens are drawn. Default: `most-predictable`, which suits questions about a document. */
  samplingMode?: SamplingMode | 'default'
  /** What prompts will hold. Default: texts. */
  expectedInputs?: ExpectedContent[]
  /** What answers will hold. Default: texts. */
  expectedOutputs?: ExpectedContent[]
  /** Refused unless empty: no tool is called. Default: none. */
  tools?: unknown[]
}

/** How a session begins. */
export interface CreateOptions extends CoreOptions {
  /** Ends the creation, and the session after it. `undefined` by default. */
  signal?: AbortSignal
  /** Is given a target of `downloadprogress` events, whose `loaded` is 0…1. `undefined` by default. */
  monitor?: (target: EventTarget) => void
  /** What was said before. Default: nothing. */
  initialPrompts?: PromptMessage[]
}

/** How one prompt is answered. */
export interface PromptOptions {
  /** A JSON schema that the answer keeps to. `undefined` by default. */
  responseConstraint?: object
  /** Leaves the schema out of the prompt. Always `true` here: the schema binds the answer and is never read. Default: `true`. */
  omitResponseConstraintInput?: boolean
  /** Ends the prompt. `undefined` by default. */
  signal?: AbortSignal
}

/** What ends an operation. */
export interface SignalOption {
  /** Ends it. `undefined` by default. */
  signal?: AbortSignal
}
