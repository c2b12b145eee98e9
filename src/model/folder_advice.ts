// What errors about a model's folder advise, from what the formats say of themselves.
import type { FolderAdvice } from '../files/folder_files.ts'
import { nameOf } from '../files/location.ts'
import { fileFormats, isModelFile, modelFormatNames } from './format_names.ts'
import { formats } from './formats.ts'

const inFolders = formats.filter(({ folder }) => folder !== undefined)
const weights = inFolders.flatMap(({ folder }) => folder?.contents ?? []).join(', or ')

/** What a folder should hold. */
export const folderContents = `a model folder holds config.json, tokenizer.json and ${weights}`

export const folderAdvice: FolderAdvice = {
  contents: folderContents,
  among(files, location) {
    const model = files.find(isModelFile)
    if (model !== undefined)
      return `name one of its ${modelFormatNames} files, for example ${nameOf({ ...location, file: model })}`
    const names = inFolders.map(({ name }) => name).join(' or ')
    const example = fileFormats.find(({ holds }) => holds === 'model')?.ending ?? ''
    return `name a repository with config.json, tokenizer.json and ${names} files, or a ${modelFormatNames} file in it (owner/name:file${example})`
  },
}
