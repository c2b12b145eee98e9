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
import { locate, locateFile, nameOf, type AddressPlace, type Place } from '../files/place.ts'

export interface Sources {
  /** Asks nothing of a server yet. Throws LongtabError when the picked files hold no model, or several. */
  folder(source: ModelSource | Place): ModelFiles
  /**
   * A file beside the model's folder: retaining heads, a compressor.
   * @param name for messages, of one picked without a name
   */
  file(source: HeadsSource | Place, name: string): ByteFile
  /**
   * Brings what was opened so far into the store, whole and checked, and what small files the models' folders hold, so that
   * the next load needs no server. Does nothing where nothing is to be kept.
   * @param allow may refuse, before the first byte
   */
  fetch(download: Download, allow: () => Promise<void>, signal?: AbortSignal): Promise<void>
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

  return {
    folder(source) {
      const place = isPlace(source) ? source : locate(source, unkept)
      if (place.kind === 'picked') {
        const [only, ...others] = place.files
        const open = only && others.length === 0 ? modelOpener(only.name) : undefined
        return only && open
          ? open(blobFile(only, only.name, onBytes))
          : pickedFiles(place.files, onBytes)
      }
      const folder = keptFolder(place, onBytes, store)
      if (place.file === undefined) {
        models.push(folder)
        return folder
      }
      const open = modelOpener(place.file)
      if (open === undefined) {
        throw new LongtabError(
          'bad-file',
          `${nameOf(place)} is no model; name its folder or a GGUF file`,
        )
      }
      const file = folder.file(place.file)
      files.push(file)
      return open(file)
    },
    file(source, name) {
      const place = isPlace(source) ? source : locateFile(source, unkept)
      if (place instanceof Blob)
        return blobFile(place, place instanceof File ? place.name : name, onBytes)
      if (isOnDisk(place))
        return diskFile(new URL(encodeURIComponent(place.file), place.folder), onBytes)
      if (place.kind === 'picked' || place.file === undefined) {
        const named = place.kind === 'picked' ? 'a picked folder' : nameOf(place)
        throw new LongtabError('bad-file', `${named} is a folder; name the file that is ${name}`)
      }
      const file = keptFolder(place, onBytes, store).file(place.file)
      files.push(file)
      return file
    },
    async fetch(download, allow, signal) {
      const opened = [...models.flatMap((model) => model.opened), ...files]
      const missing = await Promise.all(opened.map((file) => file.missing(signal)))
      const needed = missing.reduce((sum, bytes) => sum + bytes, 0)
      if (needed > 0) {
        await allow()
        const lacking = new Set(opened.filter((_, i) => missing[i] !== 0))
        const names = [
          ...models
            .filter((model) => model.opened.some((file) => lacking.has(file)))
            .map(({ folder }) => folder),
          ...files.filter((file) => lacking.has(file)).map(({ name }) => name),
        ]
        await requireRoomToKeep(needed, names.join(' and '))
        download.expect(needed)
        for (const file of opened) await file.fetch(download.add, signal)
        download.finish()
      }
      for (const model of models) await fetchCompanions(model, signal)
    },
    close() {
      for (const file of [...models.flatMap((model) => model.opened), ...files]) file.close()
    },
  }
}

/** A source that nobody has placed is not kept: tests and Node name models so. */
const unkept = { keep: false }

function isPlace(source: ModelSource | HeadsSource | Place): source is Place {
  return typeof source === 'object' && 'kind' in source
}

/** Beside a module that Node runs. */
function isOnDisk(place: Place): place is AddressPlace & { readonly file: string } {
  return place.kind === 'address' && place.file !== undefined && place.folder.startsWith('file:')
}
