// Checks of files, folders and URLs in flags. They throw UsageError with one line.
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isModelFile, modelEndings } from '../../src/model/format_names.ts'
import { UsageError } from './command.ts'

/** A folder with a model or a file that is one, or the URL of one. */
export function requireModel(model: string): void {
  if (isUrl(model)) return
  if (isModelFile(model)) {
    requireFile('--model', model)
    return
  }
  if (!isFolder(model)) {
    throw new UsageError(`--model ${model} is not a folder or a ${modelEndings} file`)
  }
  if (!existsSync(join(model, 'config.json'))) {
    throw new UsageError(
      `--model ${model} has no config.json; name the folder of a Hugging Face model, or a ${modelEndings} file`,
    )
  }
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//.test(source)
}

/** The URL with exactly one slash at its end, to append file names. */
export function folderUrl(url: string): string {
  return url.replace(/\/*$/, '/')
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

export function requireFile(flag: string, path: string): void {
  if (!existsSync(path)) throw new UsageError(`${flag} ${path} does not exist`)
  if (isFolder(path)) throw new UsageError(`${flag} ${path} is a folder; name a file`)
}

export function requireWritable(flag: string, path: string): void {
  if (!isFolder(path) && isFolder(dirname(resolve(path)))) return
  throw new UsageError(`${flag} ${path} cannot be written: name a file in a folder that exists`)
}
