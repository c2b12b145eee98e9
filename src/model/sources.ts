// What one load reads from: the model's folder and the files beside it, wherever they lie. Remote ones go through the store.
import type { HeadsSource, ModelSource } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import { blobFile } from '../files/blob_file.ts'
import { diskFile } from '../files/disk_file.ts'
import type { ByteFile, OnBytes } from '../files/byte_file.ts'
import type { ModelFiles } from './model_files.ts'
import { modelOpener } from './open_model_file.ts'
import { pickedFiles } from '../files/picked_files.ts'
import { keptFolder, type KeptFile, type KeptFolder } from '../files/store/kept_folder.ts'
import { requireRoomToKeep } from '../files/store/room.ts'
import { browserStore, type Store } from '../files/store/store.ts'
import { nameOf, type AddressLocation, type ModelLocation } from '../files/location.ts'
import { folderAdvice } from './folder_advice.ts'
import { modelFormatNames } from './format_names.ts'
import { locate, locateFile } from './locate.ts'

export interface Sources {
  /** Asks nothing of a server yet. Throws LongtabError when the picked files hold no model, or several. */
  folder(source: ModelSource | ModelLocation): ModelFiles
  /**
   * A file beside the model's folder: retaining heads, a compressor.
   * @param name for messages, of one picked without a name
   */
  file(source: HeadsSource | ModelLocation, name: string): ByteFile
  /** Bytes that `fetch` would bring of what was opened so far. */
  missing(signal?: AbortSignal): Promise<number>
  /** Throws LongtabError `storage-full` where this browser has no room for them. */
  requireRoom(signal?: AbortSignal): Promise<void>
  /**
   * Brings what was opened so far into the store, whole and checked, and before it what small files the models' folders hold, so
   * that the next load needs no server. Does nothing where nothing is to be kept.
   */
  fetch(download: Download, signal?: AbortSignal): Promise<void>
  close(): void
}

/** Counts the bytes of a download. */
export interface Download {
  expect(bytes: number): void
  readonly add: (bytes: number) => void
  finish(): void
}

/** What lies beside the weights and may be asked for later. */
const companions = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'chat_template.json',
  'model_card.json',
]
const optional = ['heads.safetensors', 'compressor.safetensors']

/** @param onBytes told of bytes as they are read */
export function openSources(
  onBytes: OnBytes,
  openStore: () => Promise<Store | undefined> = browserStore,
): Sources {
  let opening: Promise<Store | undefined> | undefined
  const store = () => (opening ??= openStore())
  const models: KeptFolder[] = []
  const files: KeptFile[] = []

  const fetchCompanions = async (model: KeptFolder, signal?: AbortSignal): Promise<void> => {
    for (const name of optional) await model.has(name, signal)
    for (const name of companions) {
      if (await model.has(name, signal)) await model.file(name).fetch(() => undefined, signal)
    }
  }

  const opened = () => [...models.flatMap((model) => model.opened), ...files]
  const missing = async (signal?: AbortSignal): Promise<ReadonlyMap<KeptFile, number>> => {
    const asked = opened().map(async (file) => [file, await file.missing(signal)] as const)
    return new Map(await Promise.all(asked))
  }
  const total = (bytes: ReadonlyMap<KeptFile, number>) =>
    [...bytes.values()].reduce((sum, each) => sum + each, 0)

  const requireRoom = async (signal?: AbortSignal): Promise<void> => {
    const bytes = await missing(signal)
    const isLacking = (file: KeptFile) => bytes.get(file) !== 0
    const names = [
      ...models.filter((model) => model.opened.some(isLacking)).map(({ folder }) => folder),
      ...files.filter(isLacking).map(({ name }) => name),
    ]
    if (total(bytes) > 0) await requireRoomToKeep(total(bytes), names.join(' and '))
  }

  return {
    folder(source) {
      const location = isLocation(source) ? source : locate(source, unkept)
      if (location.kind === 'picked') {
        const [only, ...others] = location.files
        const open = only && others.length === 0 ? modelOpener(only.name) : undefined
        return only && open
          ? open(blobFile(only, only.name, onBytes))
          : pickedFiles(location.files, onBytes, folderAdvice)
      }
      const folder = keptFolder(location, onBytes, store, folderAdvice)
      if (location.file === undefined) {
        models.push(folder)
        return folder
      }
      const open = modelOpener(location.file)
      if (open === undefined) {
        throw new LongtabError(
          'bad-file',
          `${nameOf(location)} is no model; name its folder or a ${modelFormatNames} file`,
        )
      }
      const file = folder.file(location.file)
      files.push(file)
      return open(file)
    },
    file(source, name) {
      const location = isLocation(source) ? source : locateFile(source, unkept)
      if (location instanceof Blob)
        return blobFile(location, location instanceof File ? location.name : name, onBytes)
      if (isOnDisk(location))
        return diskFile(new URL(encodeURIComponent(location.file), location.folder), onBytes)
      if (location.kind === 'picked' || location.file === undefined) {
        const named = location.kind === 'picked' ? 'a picked folder' : nameOf(location)
        throw new LongtabError('bad-file', `${named} is a folder; name the file that is ${name}`)
      }
      const file = keptFolder(location, onBytes, store, folderAdvice).file(location.file)
      files.push(file)
      return file
    },
    missing: async (signal) => total(await missing(signal)),
    requireRoom,
    async fetch(download, signal) {
      for (const model of models) await fetchCompanions(model, signal)
      await requireRoom(signal)
      const needed = total(await missing(signal))
      if (needed === 0) return
      download.expect(needed)
      for (const file of opened()) await file.fetch(download.add, signal)
      download.finish()
    },
    close() {
      for (const file of opened()) file.close()
    },
  }
}

/** A source that nobody has placed is not kept: tests and Node name models so. */
const unkept = { keep: false }

function isLocation(source: ModelSource | HeadsSource | ModelLocation): source is ModelLocation {
  return typeof source === 'object' && 'kind' in source
}

/** Beside a module that Node runs. */
function isOnDisk(
  location: ModelLocation,
): location is AddressLocation & { readonly file: string } {
  return (
    location.kind === 'address' &&
    location.file !== undefined &&
    location.folder.startsWith('file:')
  )
}
