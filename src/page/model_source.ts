// Looks at a model before it is loaded: its shape, its card and its heads, from the small files only.
import type { HeadsSource, ModelSource } from '../api.ts'
import type { ModelDescription } from '../model/description.ts'
import { readDescription } from '../model/config.ts'
import { openFiles } from '../model/open_files.ts'
import { openRetainingHeads } from '../model/retaining_heads.ts'
import { absolute, folderUrl } from '../model/served_files.ts'
import { readCard, type ModelCard } from './model_card.ts'

/** A model that could be loaded. */
export interface Candidate {
  readonly name: string
  readonly source: ModelSource
  readonly description: ModelDescription
  readonly card: ModelCard | undefined
  readonly heads: Heads | undefined
}

export interface Heads {
  readonly name: string
  readonly source: HeadsSource
  /** width of their hidden layer */
  readonly width: number
}

/** The model that comes with the page. */
export function builtInModel(): URL {
  return new URL('models/default/', document.baseURI)
}

/** Throws LongtabError when there is no model there, or none that the engine can run. */
export async function inspectModel(source: ModelSource, signal: AbortSignal): Promise<Candidate> {
  const files = openFiles(source, () => undefined)
  const [description, card] = await Promise.all([readDescription(files, signal), readCard(files)])
  const name =
    card?.name === undefined || card.name === '' ? nameOf(source, files.folder) : card.name
  const candidate = { name, source, description, card, heads: undefined }
  const own = card?.heads === undefined ? undefined : headsBeside(source, card.heads)
  return own === undefined ? candidate : withHeads(candidate, own, 'its own', signal)
}

/** The candidate with retaining heads. Throws LongtabError `bad-file` when they are not this model's. */
export async function withHeads(
  candidate: Candidate,
  source: HeadsSource,
  name: string,
  signal: AbortSignal,
): Promise<Candidate> {
  const opened = await openRetainingHeads(source, candidate.description, () => undefined, signal)
  opened.checkpoint.close()
  return { ...candidate, heads: { name, source, width: opened.hidden } }
}

function headsBeside(source: ModelSource, file: string): HeadsSource | undefined {
  if (typeof source === 'string' || source instanceof URL) {
    return new URL(file, folderUrl(absolute(source)))
  }
  return source.find((picked) => picked.name === file)
}

function nameOf(source: ModelSource, folder: string): string {
  const parts = folder.split(/[/?#]/).filter((part) => part !== '')
  const last = parts.filter((part) => part !== 'resolve' && part !== 'main').at(-1)
  return last ?? (Array.isArray(source) ? 'picked model' : 'model')
}
