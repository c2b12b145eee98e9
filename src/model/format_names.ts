// How files with weights are known by their names before they are opened, and what to call them. Whoever picks files, lists
// them or advises on them takes it from here, so that no other file names a format.
import type { Format } from './format.ts'
import { formats } from './formats.ts'
import { shardsOf } from './shards.ts'

/** A file format that Longtab reads. */
export interface FileFormat {
  /** What its users call it, for example `GGUF`. */
  readonly name: string
  /** How its files' names end, with the dot. */
  readonly ending: string
  /** What one file holds: a whole model, or tensors, such as retaining heads or weights of a model's folder. */
  readonly holds: 'model' | 'tensors'
}

/** The file formats that Longtab reads, for pickers of files. */
export const fileFormats: readonly FileFormat[] = formats.map(({ name, ending, model }) => ({
  name,
  ending,
  holds: model ? 'model' : 'tensors',
}))

const ofModels = fileFormats.filter(({ holds }) => holds === 'model')

/** What a file that is a whole model is called: `GGUF`. */
export const modelFormatNames = ofModels.map(({ name }) => name).join(' or ')

/** How such a file's name ends: `.gguf`. */
export const modelEndings = ofModels.map(({ ending }) => ending).join(' or ')

/** Files with the weights in a model's folder; any of them may be there. */
export const weightsInFolder = formats.flatMap(({ folder }) => folder?.names ?? [])

/** By the ending of a file's name, in either case. */
export function formatOf(file: string): Format | undefined {
  return formats.find(({ ending }) => file.toLowerCase().endsWith(ending))
}

/**
 * Whether a file of this name holds weights of a model's folder, all of them or a shard, and is no model by itself.
 * @throws Nothing.
 */
export function isWeightsFile(file: string): boolean {
  const isShard = shardsOf(file) !== undefined && formatOf(file)?.folder !== undefined
  return isShard || weightsInFolder.includes(file)
}

/**
 * Whether a file of this name is a whole model.
 * @throws Nothing.
 */
export function isModelFile(file: string): boolean {
  return formatOf(file)?.model !== undefined
}
