// Where a model's chat template stands among its files.
import {
  isRecord,
  parseRecord,
  tokenText,
  type Json,
  type JsonRecord,
  type TokenizerFiles,
} from './tokenizer_file.ts'

export interface TemplateSource {
  readonly file: string
  readonly text: string
}

/**
 * A template file overrides the configuration. Of several templates there `default` is used, else the first that is not for
 * tools or retrieval. A template without any character is none.
 */
export function findTemplate(
  config: JsonRecord,
  files: TokenizerFiles,
): TemplateSource | undefined {
  const json = files.chatTemplateJson
  const named: readonly (readonly [file: string, value: () => Json | undefined])[] = [
    ['chat_template.jinja', () => files.chatTemplateJinja],
    [
      'chat_template.json',
      () =>
        json === undefined ? undefined : parseRecord(json, 'chat_template.json')['chat_template'],
    ],
    ['tokenizer_config.json', () => config['chat_template']],
  ]
  for (const [file, value] of named) {
    const text = templateText(value())
    if (text !== undefined && text.trim() !== '') return { file, text }
  }
  return undefined
}

/** Names of templates for other purposes than a conversation. */
const ofOtherPurpose = /tool|rag/i

/** A text; a list of names and templates; or an object of templates by their names. */
function templateText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  const named: readonly (readonly [name: string, template: Json | undefined])[] = Array.isArray(
    value,
  )
    ? (value as readonly Json[])
        .filter(isRecord)
        .map((entry) => [tokenText(entry['name']) ?? '', entry['template']])
    : isRecord(value)
      ? Object.entries(value)
      : []
  const texts = named.flatMap(([name, template]) =>
    typeof template === 'string' ? [{ name, template }] : [],
  )
  const chosen =
    texts.find(({ name }) => name === 'default') ??
    texts.find(({ name }) => !ofOtherPurpose.test(name)) ??
    texts[0]
  return chosen?.template
}
