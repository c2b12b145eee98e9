// What files that were given together are: a model, documents, or both.
import { isModelFile, isWeightsFile } from '../../index.ts'
import type { GivenFile } from './dropped_files.ts'

export interface Sorted {
  /** the files of one model; empty where there is none */
  readonly model: readonly File[]
  readonly documents: readonly GivenFile[]
  /** paths of what is neither, since only one model is read with */
  readonly unused: readonly string[]
}

/**
 * A folder that holds a model is that model with all that lies in it. Among files that were given by themselves, a model's are
 * told from documents by their names. Of several models the outermost is taken, then the first.
 */
export function sortGiven(given: readonly GivenFile[]): Sorted {
  const ofModels = given.filter(({ file }) => isModelFile(file.name) || isWeightsFile(file.name))
  const homes = ofModels.map(({ path }) => folderOf(path))
  const [home] = homes.toSorted((a, b) => depth(a) - depth(b))
  if (home === undefined) return { model: [], documents: given, unused: [] }
  const inHome = given.filter(({ path }) => folderOf(path) === home)
  const model = home === '' ? inHome.filter(({ path }) => isPart(path)) : inHome
  const others = given.filter((one) => !model.includes(one))
  const elsewhere = (path: string) =>
    homes.some((folder) => folder !== home && folderOf(path) === folder) ||
    (home !== '' && path.startsWith(home))
  return {
    model: model.map(({ file }) => file),
    documents: others.filter(({ path }) => !elsewhere(path)),
    unused: others.filter(({ path }) => elsewhere(path)).map(({ path }) => path),
  }
}

/** Whether a file by itself is of a model rather than a document. */
function isPart(name: string): boolean {
  return isModelFile(name) || isWeightsFile(name) || /\.(json|jinja|safetensors|model)$/i.test(name)
}

/** With its slash; '' for a file that was given by itself. */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function depth(folder: string): number {
  return folder.split('/').length
}
