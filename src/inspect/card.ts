// model_card.json: what a model says of itself.
import type { ModelFiles } from '../model/model_files.ts'
import { readJson } from '../files/folder_files.ts'

export interface ModelCard {
  readonly name: string
  /** random weights: its output is never shown as an answer */
  readonly untrained: boolean
  /** shows the mechanism; it is asked about its sample log and nothing else */
  readonly demonstration: boolean
  readonly summary: string
  readonly can: readonly string[]
  readonly cannot: readonly string[]
  /** measured, one line each */
  readonly scores: readonly string[]
}

/** The folder's card; undefined when it has none or it does not parse, which no reading depends on. */
export async function readCard(files: ModelFiles): Promise<ModelCard | undefined> {
  try {
    if (!(await files.has('model_card.json'))) return undefined
    return parseCard(await readJson(files, 'model_card.json'))
  } catch {
    return undefined
  }
}

/** Takes what is there and of the right kind. */
export function parseCard(json: unknown): ModelCard | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const fields = new Map<string, unknown>(Object.entries(json))
  const text = (name: string): string => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : ''
  }
  const texts = (name: string): string[] => {
    const value = fields.get(name)
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  }
  return {
    name: text('name'),
    untrained: fields.get('untrained') === true,
    demonstration: fields.get('demonstration') === true,
    summary: text('summary'),
    can: texts('can'),
    cannot: texts('cannot'),
    scores: texts('scores'),
  }
}
