// What is asked of a chat completion, in the words of OpenAI's API.
import type { JsonSchema, Progress } from '../index.ts'
import type { ToolCallObject } from './response.ts'

/** A text of a message. */
export interface TextPart {
  /** Says that it is a text. */
  type: 'text'
  /** The text. The last one of a user's message is the question; those before it are read as documents. */
  text: string
}

/** A document of a message, of any length and any `DocumentFormat`. */
export interface FilePart {
  /** Says that it is a file. */
  type: 'file'
  /** The file: its content, or the id of one that was uploaded. */
  file: {
    /** The content in base64, alone or as a data URL. In the page a Blob spares the base64. `undefined` where `file_id` is given. */
    file_data?: string | Blob
    /** Id of a file that `files.create` took. `undefined` where `file_data` is given. */
    file_id?: string
    /** Its name; it tells kinds of text apart. `undefined` by default: the uploaded file's, or none. */
    filename?: string
  }
}

/** A tool that the model may call. */
export interface ToolParam {
  /** Says that it is a function. */
  type: 'function'
  /** The function. */
  function: {
    /** What it is called. */
    name: string
    /** What it does. `undefined` by default. */
    description?: string
    /** JSON schema of what it takes. Default: any object. */
    parameters?: Record<string, unknown>
    /** Is taken and not used: calls that are required are held to the schema, others are not. Default: `false`. */
    strict?: boolean | null
  }
}

/** One message of a conversation. */
export type ChatMessage =
  | {
      /** The user, whose last message is the question. */
      role: 'user'
      /** A question, or documents and a question. */
      content: string | (TextPart | FilePart)[]
      /** Is taken and not used. `undefined` by default. */
      name?: string
    }
  | {
      /** Whoever says how to answer. */
      role: 'system' | 'developer'
      /** Text that stands before the question. */
      content: string | TextPart[]
      /** Is taken and not used. `undefined` by default. */
      name?: string
    }
  | {
      /** The model, which answered before. */
      role: 'assistant'
      /** What it answered. `null` or `undefined` where it had no answer. */
      content?: string | TextPart[] | null
      /** Why it had none. `undefined` by default. */
      refusal?: string | null
      /** What it thought; it is not read again. `undefined` by default. */
      reasoning_content?: string | null
      /** Calls that it made; a text beside them is not read again. `undefined` by default. */
      tool_calls?: ToolCallObject[]
      /** Is taken and not used. `undefined` by default. */
      name?: string
    }
  | ToolMessage

/** What a function gave. */
export interface ToolMessage {
  /** The function's part. */
  role: 'tool'
  /** Id of the call. */
  tool_call_id: string
  /** What it gave. */
  content: string | TextPart[]
}

/** The parameters that Longtab knows what to do with. Any other is refused by its name; `null` counts as left out. */
export interface ChatRequest {
  /** Name of the model, as `OpenAIOptions.name` has it. */
  model: string
  /** The conversation, oldest first; the last message is the user's. */
  messages: ChatMessage[]
  /** Id of an uploaded file that the conversation is about; it stands before the files of the messages. Default: none. */
  document_id?: string | null
  /** Gives the answer in chunks, as it is written. Default: `false`. */
  stream?: boolean | null
  /** With `include_usage` a last chunk without choices tells the usage. Default: none does. */
  stream_options?: {
    /** Whether the usage is told. Default: `false`. */
    include_usage?: boolean
    /** Is taken and not used: chunks are not padded. Default: `false`. */
    include_obfuscation?: boolean
  } | null
  /** Tokens of the answer at most, thoughts among them. Default: 512. */
  max_completion_tokens?: number | null
  /** The older name of `max_completion_tokens`. Default: 512. */
  max_tokens?: number | null
  /** What logits are divided by before a token is drawn; 0 takes the likeliest token. Default: 0, where OpenAI has 1. */
  temperature?: number | null
  /** Only the likeliest tokens whose probabilities add up to this are drawn from. Default: 1. */
  top_p?: number | null
  /** Only so many of the likeliest tokens are drawn from; 0 draws from all. OpenAI has no such parameter. Default: 0. */
  top_k?: number | null
  /** Seed of the draws: the same seed gives the same answer. Default: 0, where OpenAI draws one. */
  seed?: number | null
  /** Texts that end the answer; they are not part of it. Default: none. */
  stop?: string | string[] | null
  /** Lets a model that can think do so before it answers, whatever the effort; `none` does not. Default: `none`. */
  reasoning_effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | null
  /** Answers also where the document does not speak of what is asked (`AskOptions.evenIfAbsent`). Default: `false`. */
  even_if_absent?: boolean | null
  /** Answers; one is given. Default: 1. */
  n?: 1 | null
  /** Tells the log-probability of each token of the answer (`AskOptions.logProbs`). Default: `false`. */
  logprobs?: boolean | null
  /** Tells so many of the likeliest tokens in the place of each, 0 to 20; needs `logprobs`. Default: 0. */
  top_logprobs?: number | null
  /** Tools that the model may call, where its chat template takes them (`Model.canCallTools`). Default: none. */
  tools?: ToolParam[] | null
  /** Whether it calls one: `required` or a name allow nothing but one call. Default: `auto`. */
  tool_choice?:
    | 'none'
    | 'auto'
    | 'required'
    | {
        /** Says that it is a function. */
        type: 'function'
        /** The function. */
        function: {
          /** Its name. */
          name: string
        }
      }
    | null
  /** Form of the answer: text, any JSON object, or what a schema describes (`AskOptions.json`). Default: text. */
  response_format?:
    | {
        /** Any text, or any JSON object. */
        type: 'text' | 'json_object'
      }
    | {
        /** What a schema describes. */
        type: 'json_schema'
        /** The schema, and what it is called. */
        json_schema: {
          /** Is taken and not used. */
          name: string
          /** The schema. Default: any object. */
          schema?: JsonSchema
          /** Is taken and not used: every schema is held to. Default: `true`. */
          strict?: boolean | null
          /** Is taken and not used. `undefined` by default. */
          description?: string
        }
      }
  /** Is taken and not used, as are the others that say who asks and where a service keeps things. `undefined` by default. */
  user?: string
  /** Is taken and not used. `undefined` by default. */
  metadata?: Record<string, string> | null
  /** Is taken and not used. `undefined` by default. */
  safety_identifier?: string
  /** Is taken and not used: the document that was read last is kept whatever the key. `undefined` by default. */
  prompt_cache_key?: string
}

/** A request for a whole answer. */
export interface WholeRequest extends ChatRequest {
  /** Gives the answer when it is written. Default: `false`. */
  stream?: false | null
}

/** A request for an answer in parts. */
export interface StreamedRequest extends ChatRequest {
  /** Gives the answer in chunks, as it is written. */
  stream: true
}

/** What goes beside a request. */
export interface CallOptions {
  /** Ends the completion, also while it waits or reads. `undefined` by default. */
  signal?: AbortSignal | null
  /** Is told how far the reading is, at most ten times a second. `undefined` by default. */
  onProgress?: (progress: Progress) => void
}
