// Resolves what the user named to the location of a model or file. Whether a name is a file's is told by its format's ending.
import type { AccessOptions, HeadsSource, ModelSource } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import type { AddressLocation, HubLocation, ModelLocation } from '../files/location.ts'
import { formatOf, isWeightsFile } from './format_names.ts'

const officialHub = 'https://huggingface.co'

/** `owner/name`, optionally with `@revision` and `:path` of one of its files, or `:Q8_0` */
const hubName = /^([A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)(?:@([\w./-]+))?(?::([^:]+))?$/

/** How a name is told to be of the Hub, with its address or as other programs write it. */
const ofHub = /^(?:(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/|hf:\/{0,2})(?=\w)/i

/**
 * A name of the Hub has one slash and no dot or slash before it; `hf.co/` may precede it. Other texts are addresses, relative
 * to the page or worker that runs this. The weights of a folder stand for the folder. Throws LongtabError `network` for what
 * is neither.
 */
export function locate(
  source: ModelSource,
  access: AccessOptions = {},
  base = here(),
): ModelLocation {
  const found = find(source, access, base, isFileName)
  if (found.kind === 'picked' || !isWeightsFile(found.file ?? '')) return found
  return { ...found, file: undefined }
}

/** The same for a single file. The model's revision does not apply to it. */
export function locateFile(
  source: HeadsSource,
  { hub, token, keep }: AccessOptions = {},
): ModelLocation | Blob {
  if (source instanceof Blob) return source
  return find(source, { hub, token, keep }, here(), (name) => name !== '')
}

/** @param isFile whether the last part of an address is a file rather than a folder */
function find(
  source: ModelSource,
  access: AccessOptions,
  base: string | undefined,
  isFile: (name: string) => boolean,
): ModelLocation {
  if (!(typeof source === 'string' || source instanceof URL))
    return { kind: 'picked', files: listOf(source) }
  const { revision = 'main', token, hub = officialHub, keep = true } = access
  const reach = { hub: hub.replace(/\/+$/, ''), token, keep }
  const written = source.toString()
  const prefix = ofHub.exec(written)?.[0] ?? ''
  const name = written.slice(prefix.length)
  const named = prefix !== '' || !isFileName(name) ? hubName.exec(name) : null
  if (named !== null) {
    const [, repository = '', at = revision, inside = ''] = named
    const meant = isFile(inside) ? { file: inside } : { file: undefined, tag: inside || undefined }
    return { kind: 'hub', repository, revision: at, folder: '', ...meant, ...reach }
  }
  const url = prefix === '' ? absolute(source, base) : new URL(name, `${officialHub}/`)
  return onHub(url, revision, reach) ?? { kind: 'address', ...split(url, isFile), keep }
}

/** Also of a FileList. From JavaScript, anything may come: throws LongtabError `bad-file`. */
function listOf(files: Iterable<File>): File[] {
  const given: unknown = files
  const isList = typeof given === 'object' && given !== null && Symbol.iterator in given
  const list = isList ? [...files] : []
  if (isList && list.every((file) => file instanceof Blob)) return list
  throw new LongtabError(
    'bad-file',
    `a model is named by a text, an address or a list of files, not ${Object.prototype.toString.call(given)}`,
  )
}

/** `models/tiny.gguf` is a file relative to the page rather than a repository. */
function isFileName(source: string): boolean {
  return !source.includes(':') && formatOf(source) !== undefined
}

/** A model's page on the Hub means the files behind it. */
function onHub(
  url: URL,
  overrides: string,
  reach: Pick<HubLocation, 'hub' | 'token' | 'keep'>,
): HubLocation | undefined {
  if (!['huggingface.co', 'www.huggingface.co', 'hf.co'].includes(url.hostname)) return undefined
  const [owner, model, ...path] = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  if (owner === undefined || model === undefined) return undefined
  const isView = ['tree', 'blob', 'resolve', 'raw'].includes(path[0] ?? '')
  if (!isView && path.length > 0 && !isFileName(path.at(-1) ?? '')) return undefined
  const [view, revision = overrides, ...inside] = isView ? path : ['blob', undefined, ...path]
  const last = inside.at(-1)
  const file = last !== undefined && (view === 'blob' || isFileName(last)) ? last : undefined
  const folders = file === undefined ? inside : inside.slice(0, -1)
  const folder = folders.map((part) => `${part}/`).join('')
  return { kind: 'hub', repository: `${owner}/${model}`, revision, folder, file, ...reach }
}

function split(
  url: URL,
  isFile: (name: string) => boolean,
): Pick<AddressLocation, 'folder' | 'file'> {
  const folder = new URL(url)
  const [last = ''] = url.pathname.split('/').slice(-1)
  if (!isFile(last)) {
    if (last !== '') folder.pathname += '/'
    return { folder: folder.href, file: undefined }
  }
  folder.pathname = folder.pathname.slice(0, -last.length)
  return { folder: folder.href, file: decodeURIComponent(last) }
}

function here(): string | undefined {
  if (typeof document !== 'undefined') return document.baseURI
  return (globalThis as Partial<Pick<typeof globalThis, 'location'>>).location?.href // Deno has the name alone
}

function absolute(source: string | URL, base: string | undefined): URL {
  try {
    return new URL(source, base)
  } catch (cause) {
    throw new LongtabError(
      'network',
      `"${source.toString()}" is neither an address to load from nor the name of a repository (owner/name)`,
      { cause },
    )
  }
}
