// How a model, and a file beside it, reach the tab that a command opens: those on the disk are mounted on the command's own
// site, those behind a URL are fetched from there.
import type { Mounts } from './serve.ts'
import { isGguf, isUrl } from './values.ts'

/** @param model a folder or a .gguf file, or the URL of one */
export function modelMounts(model: string): Mounts {
  if (isUrl(model)) return {}
  return isGguf(model) ? { '/model.gguf': model } : { '/model/': model }
}

/** @param site the site's URL, which ends in a slash */
export function modelUrl(model: string, site: string): string {
  if (isUrl(model)) return model
  return `${site}${isGguf(model) ? 'model.gguf' : 'model/'}`
}

/** @param file on the disk, or its URL; nothing for none */
export function fileMounts(name: string, file: string | undefined): Mounts {
  return file === undefined || isUrl(file) ? {} : { [`/${name}`]: file }
}

export function fileUrl(name: string, file: string, site: string): string {
  return isUrl(file) ? file : `${site}${name}`
}
