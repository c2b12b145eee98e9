// The Prompt API of browsers (https://webmachinelearning.github.io/prompt-api), spoken by a model of Longtab. It is for documents
// of any length, and for browsers that have no model of their own.
import type { Model } from '../index.ts'
import { openAI, type Reading } from '../openai/index.ts'
import { createLoader, type OpenModel } from './loader.ts'
import { languageModelOf, type LanguageModelClass } from './language_model.ts'

export type { LanguageModel, LanguageModelClass } from './language_model.ts'
export type { OpenModel } from './loader.ts'
export type * from './options.ts'

/** How prompts are answered. */
export interface PromptApiOptions {
  /** How long texts are read, such as `{ skim: true }`. Default: as `Model.read` reads them. */
  readonly reading?: Reading
}

/**
 * Makes a class `LanguageModel` whose sessions share one model. Put it where the browser's would be:
 * `globalThis.LanguageModel ??= promptApi(open)`.
 * @param open loads the model. It is called once, by the first `create`, with what is told of the download.
 * @throws Nothing.
 * @example
 * const LanguageModel = promptApi((call) => load('HuggingFaceTB/SmolLM2-135M-Instruct', call))
 * const session = await LanguageModel.create()
 * await session.append([{ role: 'user', content: book }])
 * console.log(await session.prompt('Who found the letter?'))
 */
export function promptApi(
  open: OpenModel,
  { reading = {} }: PromptApiOptions = {},
): LanguageModelClass {
  const shape = (model: Model) => ({
    model,
    completions: openAI(model, { reading }).chat.completions,
  })
  return languageModelOf(createLoader(open, shape))
}
