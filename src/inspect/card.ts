// model_card.json: what a model says of itself.
import type { ModelFiles } from '../model/model_files.ts'
import { readJson } from '../files/folder_files.ts'

/** What a model says of itself in `model_card.json`. Texts that are missing are empty. */
export interface ModelCard {
  /** Its name, for people. */
  readonly name: string
  /** Whether the weights are random: such output is no answer. */
  readonly untrained: boolean
  /** Whether it only shows the mechanism: it is asked about its sample log and nothing else. */
  readonly demonstration: boolean
  /** What it is, in a sentence or two. */
  readonly summary: string
  /** What it can do, one line each. */
  readonly can: readonly string[]
  /** What it cannot do, one line each. */
  readonly cannot: readonly string[]
  /** What was measured, one line each. */
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
