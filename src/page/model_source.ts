// Looks at a model before it is loaded: its shape, its card and its heads, from the small files only.
import type { AccessOptions, HeadsSource, ModelSource } from '../api.ts'
import type { Settings } from '../engine/settings.ts'
import { locate, locateFile, nameOf } from '../hub/place.ts'
import { presetOf } from '../hub/presets.ts'
import { openSources } from '../hub/sources.ts'
import type { ByteFile } from '../model/byte_file.ts'
import type { ModelDescription } from '../model/description.ts'
import { readDescription } from '../model/config.ts'
import { openRetainingHeads } from '../model/retaining_heads.ts'
import { readCard, type ModelCard } from './model_card.ts'

/** A model that could be loaded. */
export interface Candidate {
  readonly name: string
  readonly source: ModelSource
  readonly access: AccessOptions
  readonly description: ModelDescription
  readonly card: ModelCard | undefined
  readonly heads: Heads | undefined
}

/** Retaining heads that the model would be loaded with. */
export interface Heads {
  readonly name: string
  /** undefined for those that lie in the model's own folder, where the engine finds them */
  readonly file: File | string | undefined
  /** width of their hidden layer */
  readonly width: number
}

/** The model that comes with the page. */
export function builtInModel(): URL {
  return new URL('models/default/', document.baseURI)
}

/** Where a model lies, the same at every look; its content is checked when a training goes on. */
export function placeOf(source: ModelSource): string {
  const place = locate(source)
  return JSON.stringify(
    place.kind === 'picked'
      ? place.files.map(({ name, size }) => `${name} ${size}`).sort()
      : nameOf(place),
  )
}

/** the file in a model's folder that holds its retaining heads */
const ownHeads = 'heads.safetensors'

/**
 * Reads what is stored, or asks the server, and stores nothing. Throws LongtabError when there is no model there, or none that
 * the engine can run.
 */
export async function inspectModel(
  source: ModelSource,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<Candidate> {
  const sources = openSources(ignoreBytes)
  try {
    const files = sources.folder(locate(source, access))
    const description = await readDescription(files, signal)
    const [card, hasHeads] = await Promise.all([readCard(files), files.has(ownHeads, signal)])
    const name = card === undefined || card.name === '' ? nameFor(source, files.folder) : card.name
    const width = hasHeads ? await headsWidth(files.file(ownHeads), description, signal) : undefined
    const heads = width === undefined ? undefined : { name: ownHeads, file: undefined, width }
    return { name, source, access, description, card, heads }
  } finally {
    sources.close()
  }
}

/** The official heads of a model in the list, by name. */
export function officialHeads({ source }: Candidate): string | undefined {
  return typeof source === 'string' ? presetOf(source)?.heads?.source : undefined
}

/** How a model in the list is best stored, as the list says; nothing of other models. */
export function suitedTo({ source }: Candidate): Partial<Pick<Settings, 'weights'>> {
  const preset = typeof source === 'string' ? presetOf(source) : undefined
  return preset === undefined ? {} : { weights: preset.weights }
}

/** The candidate with a heads file. Throws LongtabError `bad-file` when it is not for this model. */
export async function withHeads(
  candidate: Candidate,
  file: File | string,
  signal: AbortSignal,
): Promise<Candidate> {
  const sources = openSources(ignoreBytes)
  const name = typeof file === 'string' ? file : file.name
  const heads: HeadsSource = file
  try {
    const opened = sources.file(locateFile(heads, candidate.access), name)
    const width = await headsWidth(opened, candidate.description, signal)
    return { ...candidate, heads: { name, file, width } }
  } finally {
    sources.close()
  }
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

function nameFor(source: ModelSource, folder: string): string {
  const parts = folder.split(/[/?#]/).filter((part) => part !== '')
  const last = parts.filter((part) => part !== 'resolve' && part !== 'main').at(-1)
  return last ?? (Array.isArray(source) ? 'picked model' : 'model')
}
