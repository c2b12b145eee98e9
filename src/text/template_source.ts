// Where a model's chat template stands among its files.
import {
  isRecord,
  parseRecord,
  type Json,
  type JsonRecord,
  type TokenizerFiles,
} from './tokenizer_file.ts'

export interface TemplateSource {
  readonly file: string
  readonly text: string
}

/** A template file overrides the configuration. Of several templates there, `default` is used. */
export function findTemplate(
  config: JsonRecord,
  files: TokenizerFiles,
): TemplateSource | undefined {
  if (files.chatTemplateJinja !== undefined) {
    return { file: 'chat_template.jinja', text: files.chatTemplateJinja }
  }
  const json = files.chatTemplateJson
  const [file, record] =
    json === undefined
      ? ['tokenizer_config.json', config]
      : ['chat_template.json', parseRecord(json, 'chat_template.json')]
  const text = templateText(record['chat_template'])
  return text === undefined ? undefined : { file, text }
}

function templateText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const named = (value as readonly Json[]).filter(isRecord)
  const chosen = named.find((entry) => entry['name'] === 'default') ?? named[0]
  return templateText(chosen?.['template'])
}
