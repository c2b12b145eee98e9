// Looks at a model before it is loaded: its shape, its card and its heads, from the small files only.
import type { ModelSource } from '../api.ts'
import type { ByteFile } from '../model/byte_file.ts'
import type { ModelDescription } from '../model/description.ts'
import { readDescription } from '../model/config.ts'
import { openFile, openFiles } from '../model/open_files.ts'
import { openRetainingHeads } from '../model/retaining_heads.ts'
import { readCard, type ModelCard } from './model_card.ts'

/** A model that could be loaded. */
export interface Candidate {
  readonly name: string
  readonly source: ModelSource
  readonly description: ModelDescription
  readonly card: ModelCard | undefined
  readonly heads: Heads | undefined
}

/** Retaining heads that the model would be loaded with. */
export interface Heads {
  readonly name: string
  /** undefined for those that lie in the model's own folder, where the engine finds them */
  readonly file: File | undefined
  /** width of their hidden layer */
  readonly width: number
}

/** The model that comes with the page. */
export function builtInModel(): URL {
  return new URL('models/default/', document.baseURI)
}

/** Where a model lies, the same at every look; its content is checked when a training goes on. */
export function placeOf(source: ModelSource): string {
  return JSON.stringify(
    typeof source === 'string' || source instanceof URL
      ? new URL(source, document.baseURI).href
      : source.map(({ name, size }) => `${name} ${size}`).sort(),
  )
}

/** the file in a model's folder that holds its retaining heads */
const ownHeads = 'heads.safetensors'

/** Throws LongtabError when there is no model there, or none that the engine can run. */
export async function inspectModel(source: ModelSource, signal: AbortSignal): Promise<Candidate> {
  const files = openFiles(source, ignoreBytes)
  const description = await readDescription(files, signal)
  const [card, hasHeads] = await Promise.all([readCard(files), files.has(ownHeads, signal)])
  const name = card === undefined || card.name === '' ? nameOf(source, files.folder) : card.name
  const width = hasHeads ? await headsWidth(files.file(ownHeads), description, signal) : undefined
  const heads = width === undefined ? undefined : { name: ownHeads, file: undefined, width }
  return { name, source, description, card, heads }
}

/** The candidate with a heads file. Throws LongtabError `bad-file` when it is not for this model. */
export async function withHeads(
  candidate: Candidate,
  file: File,
  signal: AbortSignal,
): Promise<Candidate> {
  const width = await headsWidth(
    openFile(file, file.name, ignoreBytes),
    candidate.description,
    signal,
  )
  return { ...candidate, heads: { name: file.name, file, width } }
}

async function headsWidth(
  file: ByteFile,
  description: ModelDescription,
  signal: AbortSignal,
): Promise<number> {
  const { hidden, checkpoint } = await openRetainingHeads(file, description, signal)
  checkpoint.close()
  return hidden
}

function ignoreBytes(): void {
  // looking is too short for a progress bar
}

function nameOf(source: ModelSource, folder: string): string {
  const parts = folder.split(/[/?#]/).filter((part) => part !== '')
  const last = parts.filter((part) => part !== 'resolve' && part !== 'main').at(-1)
  return last ?? (Array.isArray(source) ? 'picked model' : 'model')
}
