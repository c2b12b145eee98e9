// Makes a model and its companion files reachable for a command's tab. Files on disk are mounted on the command's own
// site, and so are downloads from the Hub. Files behind URLs are fetched from there.
import { basename } from 'node:path'
import type { HubModel } from './hub_model.ts'
import type { Mounts } from '../site/serve.ts'
import { isModelFile } from '../../src/model/format_names.ts'
import { isUrl } from '../shell/files.ts'

/** @param model a folder or a file, or the URL of one */
export function modelMounts(model: string): Mounts {
  if (isUrl(model)) return {}
  return { [isModelFile(model) ? `/model/${basename(model)}` : '/model/']: model }
}

/** @param site the site's URL, which ends in a slash */
export function modelUrl(model: string, site: string): string {
  if (isUrl(model)) return model
  return `${site}model/${isModelFile(model) ? encodeURIComponent(basename(model)) : ''}`
}

/** @param file on disk, or its URL; undefined for none */
export function fileMounts(name: string, file: string | undefined): Mounts {
  return file === undefined || isUrl(file) ? {} : { [`/${name}`]: file }
}

export function fileUrl(name: string, file: string, site: string): string {
  return isUrl(file) ? file : `${site}${name}`
}

/** Sources of a model and its retaining heads. */
interface Sources {
  readonly model: string
  readonly heads?: string
}

export function sourceMounts({ model, heads }: Sources, hub: HubModel): Mounts {
  return {
    ...hub.mounts,
    ...(hub.model === undefined ? modelMounts(model) : {}),
    ...(hub.heads === undefined ? fileMounts('heads', heads) : {}),
  }
}

export function sourceUrls({ model, heads }: Sources, hub: HubModel, site: string): Sources {
  return {
    model: hub.model === undefined ? modelUrl(model, site) : `${site}${hub.model}`,
    ...(heads === undefined
      ? {}
      : { heads: hub.heads === undefined ? fileUrl('heads', heads, site) : `${site}${hub.heads}` }),
  }
}

/** Browser arguments that allow files of other hosts whatever their CORS headers say; the tab runs only our code. */
export function argsToReach(...sources: readonly (string | undefined)[]): readonly string[] {
  return sources.some((source) => isUrl(source ?? '')) ? ['--disable-web-security'] : []
}
