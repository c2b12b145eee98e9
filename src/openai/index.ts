// The module in the shape of OpenAI's client: a model that was loaded, behind `chat.completions`, `files` and `models`, and a
// `fetch` for the official client itself.
import type { Model } from '../index.ts'
import { createCompletions, type ChatCompletions } from './completions.ts'
import { createFetch, type Fetch } from './fetch.ts'
import { createFiles, type Files } from './files.ts'
import { createModels, type Models } from './models.ts'
import { createDocuments, type Reading } from './read_documents.ts'

export type { ChatCompletions } from './completions.ts'
export type { Fetch } from './fetch.ts'
export type { FileCreateParams, FileDeleted, FileList, FileObject, Files } from './files.ts'
export type { ModelList, ModelObject, Models } from './models.ts'
export type { Reading } from './read_documents.ts'
export type * from './request.ts'
export type * from './response.ts'

/** How a model stands behind OpenAI's shape. */
export interface OpenAIOptions {
  /** Name that requests give as `model`. Default: `longtab`. */
  readonly name?: string
  /** How documents are read, such as `{ skim: true }`. Default: as `Model.read` reads them. */
  readonly reading?: Reading
}

/** A model in the shape of OpenAI's client. */
export interface OpenAIShape {
  /** Conversations. */
  readonly chat: {
    /** Their answers. */
    readonly completions: ChatCompletions
  }
  /** Documents that requests name by an id. */
  readonly files: Files
  /** The model that answers. */
  readonly models: Models
  /** Answers what the official client sends: give it as its `fetch`, with any `baseURL` that ends in `/v1`. */
  readonly fetch: Fetch
}

/**
 * Puts a model that was loaded behind OpenAI's shape. It holds one document at a time: leave the reading to it, or to `Model.read`.
 * @throws Nothing.
 * @example
 * const { fetch } = openAI(await load('HuggingFaceTB/SmolLM2-135M-Instruct'))
 * const client = new OpenAI({ fetch, apiKey: 'none', baseURL: 'http://localhost/v1', dangerouslyAllowBrowser: true })
 */
export function openAI(
  model: Model,
  { name = 'longtab', reading = {} }: OpenAIOptions = {},
): OpenAIShape {
  const files = createFiles()
  const desk = { model, documents: createDocuments(model), reading }
  const shape = {
    chat: { completions: createCompletions(desk, name, files) },
    files,
    models: createModels(name),
  }
  return { ...shape, fetch: createFetch(shape) }
}
