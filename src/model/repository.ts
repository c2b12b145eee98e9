// A repository in the role of a model's folder: the folder itself, or the one of its files that is meant. Which of the two is
// known once the Hub has listed it.
import type { ByteFile } from '../files/byte_file.ts'
import type { FolderFiles } from '../files/folder_files.ts'
import type { ModelFiles } from './model_files.ts'
import { openCheckpoint } from './open_checkpoint.ts'
import { modelOpener } from './open_model_file.ts'
import { fileOf } from './quantization.ts'

/** @param tag the quantization that was named */
export function repositoryModel(repository: FolderFiles, tag: string | undefined): ModelFiles {
  let choosing: Promise<ModelFiles> | undefined
  let chosen: ModelFiles | undefined
  const choose = async (signal?: AbortSignal): Promise<ModelFiles> => {
    const name = fileOf((await repository.names(signal)) ?? [], tag, repository.folder)
    const open = name === undefined ? undefined : modelOpener(name)
    return (chosen = name !== undefined && open ? open(repository.file(name)) : repository)
  }
  const model = (signal?: AbortSignal): Promise<ModelFiles> => {
    choosing ??= choose(signal)
    choosing.catch(() => (choosing = undefined)) // asked again at the next call
    return choosing
  }
  return {
    get folder() {
      return chosen?.folder ?? repository.folder
    },
    has: async (name, signal) => (await model(signal)).has(name, signal),
    names: async (signal) => (await model(signal)).names(signal),
    text: async (name, signal) => (await model(signal)).text(name, signal),
    file: (name): ByteFile => repository.file(name),
    checkpoint: async (signal) => openCheckpoint(await model(signal), signal),
  }
}
