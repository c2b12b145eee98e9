// Opens the tokenizer and chat template of a model's folder.
import type { TemplateVariables } from '../api/model.ts'
import type { ModelFiles } from '../model/model_files.ts'
import { openChat, type ChatForm } from '../text/chat.ts'
import { openTokenizer, type Tokenizer } from '../text/tokenizer.ts'
import type { TokenizerFiles } from '../text/tokenizer_file.ts'

/** What turns texts into token ids and back. */
export interface Texts {
  readonly tokenizer: Tokenizer
  readonly chat: ChatForm
}

/** Throws LongtabError `bad-file` or `network`. */
export async function openTexts(
  files: ModelFiles,
  signal: AbortSignal | undefined,
  variables: TemplateVariables = {},
): Promise<Texts> {
  const texts = await readTokenizerFiles(files, signal)
  const tokenizer = openTokenizer(texts)
  return { tokenizer, chat: openChat(tokenizer, texts, variables) }
}

async function readTokenizerFiles(
  files: ModelFiles,
  signal: AbortSignal | undefined,
): Promise<TokenizerFiles> {
  const optional = async (name: string) =>
    (await files.has(name, signal)) ? await files.text(name, signal) : undefined
  const config = await optional('tokenizer_config.json')
  const chatTemplateJinja = await optional('chat_template.jinja')
  const chatTemplateJson = await optional('chat_template.json')
  return {
    tokenizer: await files.text('tokenizer.json', signal),
    ...(config === undefined ? {} : { config }),
    ...(chatTemplateJinja === undefined ? {} : { chatTemplateJinja }),
    ...(chatTemplateJson === undefined ? {} : { chatTemplateJson }),
  }
}
