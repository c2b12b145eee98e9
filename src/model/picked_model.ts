// A model among picked or dropped files: those of a folder, or one file that is a whole model, with what lies beside it.
import { LongtabError } from '../api/errors.ts'
import { blobFile } from '../files/blob_file.ts'
import type { OnBytes } from '../files/byte_file.ts'
import { pickedFiles } from '../files/picked_files.ts'
import { folderAdvice } from './folder_advice.ts'
import { isModelFile } from './format_names.ts'
import { listed } from './listed.ts'
import type { ModelFiles } from './model_files.ts'
import { modelOpener } from './open_model_file.ts'
import { shardsOf } from './shards.ts'

/** Found by name beside a model that is one file. */
const companions = ['heads.safetensors', 'compressor.safetensors']

/** Throws LongtabError `bad-file` when there is no model among the files, or several. */
export function pickedModel(files: readonly File[], onBytes: OnBytes): ModelFiles {
  if (!files.some(({ name }) => name === 'config.json')) {
    const [whole, second] = files.filter(({ name }) => isModelFile(name))
    const open = whole && modelOpener(whole.name)
    if (whole && open && (second === undefined || areOneSet(whole, second)))
      return withCompanions(open(blobFile(whole, whole.name, onBytes)), files, onBytes)
    if (whole && second) throw severalModels(whole.name, second.name)
    refuseLoneShard(files)
  }
  return pickedFiles(files, onBytes, folderAdvice)
}

function withCompanions(model: ModelFiles, files: readonly File[], onBytes: OnBytes): ModelFiles {
  const beside = new Map(
    files.filter(({ name }) => companions.includes(name)).map((file) => [file.name, file]),
  )
  return {
    ...model,
    has: async (name, signal) => beside.has(name) || model.has(name, signal),
    file(name) {
      const found = beside.get(name)
      return found ? blobFile(found, name, onBytes) : model.file(name)
    },
  }
}

/** Parts of one split file: it is opened, and says how to join them. */
function areOneSet(one: File, other: File): boolean {
  return shardsOf(one.name)?.includes(other.name) ?? false
}

function severalModels(first: string, second: string): LongtabError {
  return new LongtabError(
    'bad-file',
    `the picked files hold several models (${first} and ${second}); pick one`,
  )
}

/** Throws LongtabError `bad-file` where weights were picked without the rest of their folder. */
function refuseLoneShard(files: readonly File[]): void {
  const shard = files.find(({ name }) => shardsOf(name) !== undefined)
  if (shard === undefined) return
  const shards = shardsOf(shard.name) ?? []
  const others = shards.filter((name) => !files.some((file) => file.name === name))
  const missing = ['config.json', 'tokenizer.json', ...others]
  throw new LongtabError(
    'bad-file',
    `${shard.name} is one of ${shards.length} files of a model’s weights; pick its whole folder, with ${listed(missing, 'files')}`,
  )
}
