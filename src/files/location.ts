// Where a model or a file lies: among picked files, at an address, or in a repository of the Hugging Face Hub. A location is
// sent to the engine's thread, including an access token, and stored nowhere else.
export type ModelLocation =
  { readonly kind: 'picked'; readonly files: readonly File[] } | AddressLocation | HubLocation

/** A folder's address, which ends in a slash, and in `file` the name of one of its files if the source named one. */
export interface AddressLocation {
  readonly kind: 'address'
  readonly folder: string
  readonly file: string | undefined
  readonly keep: boolean
}

export interface HubLocation {
  readonly kind: 'hub'
  /** `owner/name` */
  readonly repository: string
  /** a branch, a tag or a commit */
  readonly revision: string
  /** of the repository's folders: '', or a path that ends in a slash */
  readonly folder: string
  readonly file: string | undefined
  /** the quantization whose file is meant, where none is named */
  readonly tag?: string | undefined
  /** address of the Hub, without a trailing slash */
  readonly hub: string
  readonly token: string | undefined
  readonly keep: boolean
}

/** For messages, without parts that may be secret. */
export function nameOf(location: Exclude<ModelLocation, { kind: 'picked' }>): string {
  const file = location.file ?? ''
  if (location.kind === 'hub') {
    const inside = `${location.folder}${file}`
    return inside === '' ? location.repository : `${location.repository}:${inside}`
  }
  const { origin, pathname } = new URL(location.folder)
  return `${origin}${pathname}${file}`
}
