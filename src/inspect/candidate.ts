// Looks at a model before it is loaded: its shape, its card and the files beside it, from the small files and headers only.
import type { AccessOptions, HeadsOrigin, ModelSource } from '../api/model.ts'
import type { ModelDescription } from '../api/description.ts'
import { coded } from '../api/errors.ts'
import { findHeads, locateHeads, openKnown } from '../model/find_heads.ts'
import { nameOf } from '../files/location.ts'
import { locate, locateFile } from '../model/locate.ts'
import { describePreset, type Preset } from '../model/preset.ts'
import { presetOf } from '../model/presets.ts'
import { openSources } from '../model/sources.ts'
import type { ByteFile } from '../files/byte_file.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { openCompressor, type Compressor } from '../model/compressor.ts'
import { readDescription } from '../model/config.ts'
import { openRetainingHeads, type RetainingHeads } from '../model/retaining_heads.ts'
import { openCheckpoint } from '../model/open_checkpoint.ts'
import { ownHeads } from '../own_heads.ts'
import { readCard, type ModelCard } from './card.ts'

/** A model that could be loaded. */
export interface Candidate {
  /** Its name, for people. */
  readonly name: string
  /** Where it lies, for `load`. */
  readonly source: ModelSource
  /** How it is reached, for `load`. */
  readonly access: AccessOptions
  /** Shapes and constants of the model. */
  readonly description: ModelDescription
  /** What it says of itself; `undefined` where it has no card. */
  readonly card: ModelCard | undefined
  /** The heads that it would be read with; `undefined` without. */
  readonly heads: Heads | undefined
  /** A line for people: where the heads come from, or why there are none. */
  readonly headsNote: string
  /** The compressor that it would be read with; `undefined` without. */
  readonly compressor: CandidateCompressor | undefined
}

/** A file that the model would be loaded with. */
interface Companion {
  /** Its name, for people. */
  readonly name: string
  /** The file, for `load`; `undefined` for one that `load` finds itself, in the folder or by the model's fingerprint. */
  readonly file: File | string | undefined
}

/** Retaining heads, with what their file asks for. */
export interface Heads
  extends Companion, Pick<RetainingHeads, 'pool' | 'shares' | 'stabilizers' | 'doubtBelow'> {
  /** Width d_R of their hidden layer. */
  readonly width: number
}

/** LoCoCo convolutions, for the policies that merge. */
export interface CandidateCompressor extends Companion, Pick<Compressor, 'merged' | 'taps'> {}

/**
 * Names the location of a model: two sources that mean the same location have the same name. Contents are not compared.
 * @throws LongtabError `network` for a source that is neither an address nor a name.
 */
export function locationOf(source: ModelSource): string {
  const location = locate(source)
  return JSON.stringify(
    location.kind === 'picked'
      ? location.files.map(({ name, size }) => `${name} ${size}`).sort()
      : nameOf(location),
  )
}

/** the file in a model's folder that is loaded with it */
const ownCompressor = 'compressor.safetensors'

/**
 * Looks at a model: its shape, its card, the files beside it. It reads headers only, and stores nothing.
 * @throws LongtabError `network` or `bad-file` when there is no model there, `unsupported-model` when the engine cannot run
 * it, `no-access`, `aborted`.
 */
export async function inspectModel(
  source: ModelSource,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<Candidate> {
  const sources = openSources(ignoreBytes)
  const known = locateHeads(ownHeads())
  let weights: Checkpoint | undefined
  try {
    const files = sources.folder(locate(source, access))
    const description = await readDescription(files, signal)
    const open = async () => (weights = await openCheckpoint(files, signal))
    const headless = { files, description, weights: open, sources }
    const [card, found, compressorFile] = await Promise.all([
      readCard(files),
      findHeads(headless, undefined, known, signal),
      files.has(ownCompressor, signal).then((has) => (has ? files.file(ownCompressor) : undefined)),
    ])
    found.heads?.checkpoint.close()
    const name = card === undefined || card.name === '' ? nameFor(source, files.folder) : card.name
    const { note } = found.origin
    const heads = found.heads && foundHeads(found.heads, found.origin)
    const compressor = compressorFile && {
      name: ownCompressor,
      file: undefined,
      ...(await lookAtCompressor(compressorFile, description, signal)),
    }
    return { name, source, access, description, card, heads, headsNote: note, compressor }
  } catch (error) {
    throw coded(error)
  } finally {
    weights?.close()
    sources.close()
  }
}

/**
 * Describes a model of `presets` as the list knows it. No server is asked but the page's own, for heads that come with Longtab.
 * @throws LongtabError `bad-file` for heads that cannot be used, `aborted`.
 */
export async function inspectPreset(preset: Preset, signal: AbortSignal): Promise<Candidate> {
  const description = describePreset(preset)
  const plain: Candidate = {
    name: preset.name,
    source: preset.source,
    access: {},
    description,
    card: undefined,
    heads: undefined,
    headsNote: 'no retaining heads',
    compressor: undefined,
  }
  const { heads: official } = preset
  if (official !== undefined) {
    const { source: file, width } = official
    const heads = { name: file, file, width, pool: 0, shares: undefined, stabilizers: undefined }
    return { ...plain, heads, headsNote: `retaining heads: the official ones, ${official.source}` }
  }
  const ours = locateHeads(ownHeads()).find(({ model }) => model === preset.name)
  if (ours === undefined) return plain
  const sources = openSources(ignoreBytes)
  try {
    const { heads, origin } = await openKnown(sources, ours, description, signal)
    heads?.checkpoint.close()
    return { ...plain, heads: heads && foundHeads(heads, origin), headsNote: origin.note }
  } catch (error) {
    throw coded(error)
  } finally {
    sources.close()
  }
}

function foundHeads(heads: RetainingHeads, { note }: HeadsOrigin): Heads {
  return { name: note, file: undefined, ...shapeAndDefaults(heads) }
}

function shapeAndDefaults({ hidden, pool, shares, stabilizers, doubtBelow }: RetainingHeads) {
  return { width: hidden, pool, shares, stabilizers, doubtBelow }
}

/**
 * Names the official heads of a model in `presets`, for `withHeads`; `undefined` for other models.
 * @throws Nothing.
 */
export function officialHeads({ source }: Candidate): string | undefined {
  return typeof source === 'string' ? presetOf(source)?.heads?.source : undefined
}

/**
 * Gives the candidate a heads file, whose header is read.
 * @throws LongtabError `bad-file` when the file is not for this model, `network`, `no-access`, `aborted`.
 */
export async function withHeads(
  candidate: Candidate,
  file: File | string,
  signal: AbortSignal,
): Promise<Candidate> {
  const heads = await lookBeside(candidate, file, lookAtHeads, signal)
  return { ...candidate, heads, headsNote: `Retaining heads: ${heads.name}` }
}

/**
 * Gives the candidate a compressor file, whose header is read.
 * @throws LongtabError `bad-file` when the file is not for this model, `network`, `no-access`, `aborted`.
 */
export async function withCompressor(
  candidate: Candidate,
  file: File | string,
  signal: AbortSignal,
): Promise<Candidate> {
  const compressor = await lookBeside(candidate, file, lookAtCompressor, signal)
  return { ...candidate, compressor }
}

/** Looks at a file beside the model's folder. */
async function lookBeside<Found>(
  { access, description }: Candidate,
  file: File | string,
  look: (file: ByteFile, description: ModelDescription, signal: AbortSignal) => Promise<Found>,
  signal: AbortSignal,
): Promise<Companion & Found> {
  const sources = openSources(ignoreBytes)
  const name = typeof file === 'string' ? file : file.name
  try {
    const opened = sources.file(locateFile(file, access), name)
    return { name, file, ...(await look(opened, description, signal)) }
  } catch (error) {
    throw coded(error)
  } finally {
    sources.close()
  }
}

async function lookAtHeads(
  file: ByteFile,
  description: ModelDescription,
  signal: AbortSignal,
): Promise<Omit<Heads, keyof Companion>> {
  const heads = await openRetainingHeads(file, description, signal)
  heads.checkpoint.close()
  return shapeAndDefaults(heads)
}

async function lookAtCompressor(
  file: ByteFile,
  description: ModelDescription,
  signal: AbortSignal,
): Promise<Pick<Compressor, 'merged' | 'taps'>> {
  const { merged, taps, checkpoint } = await openCompressor(file, description, signal)
  checkpoint.close()
  return { merged, taps }
}

function ignoreBytes(): void {
  // looking is too short for a progress bar
}

function nameFor(source: ModelSource, folder: string): string {
  const parts = folder.split(/[/?#]/).filter((part) => part !== '')
  const last = parts.filter((part) => part !== 'resolve' && part !== 'main').at(-1)
  return last ?? (Array.isArray(source) ? 'picked model' : 'model')
}
