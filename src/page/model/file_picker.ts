// A model among the user's own files: a folder, through the File System Access picker where there is one, or a file that is a whole model.
import type { Parts } from '../template.ts'

/** @param onPick told of the picked files; the latest choice counts */
export function createFilePicker(
  { part }: Parts,
  onPick: (files: readonly File[]) => void,
): {
  files(): readonly File[]
  /** As if the user had picked it. */
  choose(files: readonly File[]): void
} {
  let picked: readonly File[] = []
  const pick = (files: readonly File[]): void => {
    if (files.length === 0) return
    picked = files
    onPick(files)
  }
  for (const id of ['model-folder', 'model-file']) {
    const input = part(id, HTMLInputElement)
    input.addEventListener('change', () => pick([...(input.files ?? [])]))
  }
  const open = showDirectory
  if (open !== undefined) {
    part('model-folder-label', HTMLElement).hidden = true
    const button = part('model-folder-open', HTMLButtonElement)
    button.hidden = false
    button.addEventListener('click', () => {
      // rejects when the user closes the picker
      showDirectory?.()
        .then(filesOf)
        .then(pick, () => undefined)
    })
  }
  return { files: () => picked, choose: pick }
}

/** Of browsers that have it: unlike a file input it neither counts every file in the folder nor speaks of an upload. */
const showDirectory = (
  globalThis as { showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle> }
).showDirectoryPicker?.bind(globalThis)

/** Those that lie in the folder itself. */
async function filesOf(folder: FileSystemDirectoryHandle): Promise<File[]> {
  const files: File[] = []
  for await (const entry of folder.values()) {
    if (entry instanceof FileSystemFileHandle) files.push(await entry.getFile())
  }
  return files
}
