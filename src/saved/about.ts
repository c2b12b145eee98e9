// What is known of a saved document besides its arrays. A file that anyone may have made is believed only as far as its
// kinds of values go; whoever uses a number compares it with what the model has.
import type { Settings } from '../api/settings.ts'
import { LongtabError } from '../api/errors.ts'
import type { DocumentFormat, Place, ReadFrom } from '../api/places.ts'
import { documentFormats } from '../documents/format_names.ts'

export interface About {
  readonly title: string
  /** ms since 1970 */
  readonly savedAt: number
  readonly model: AboutModel
  readonly settings: Settings
  /** units that stay after each eviction, (layer, KV head) */
  readonly budgets: readonly (readonly number[])[]
  readonly document: AboutDocument
  /** undefined where the document was read to its end */
  readonly reading?: AboutReading
  readonly file: AboutFile
  readonly cache: AboutCache
  /** undefined where no units are kept outside the GPU */
  readonly units?: AboutUnits
  /** undefined where no passages are */
  readonly passages?: AboutPassages
}

/** What a document was read with. */
export interface AboutModel {
  /** as the user named it, without parts that may be secret */
  readonly source: string
  /** of a repository */
  readonly revision?: string
  /** see model/fingerprint.ts */
  readonly fingerprint: string
  /** layers×hidden×heads×kvHeads×headSize */
  readonly shape: string
  /** SHA-256 of some of the weights as they lie on the GPU; it differs between builds of a model */
  readonly weights: string
  /** SHA-256 of the retaining heads' last layers; undefined where the policy uses none */
  readonly heads?: string
  /** SHA-256 of the compressor; undefined where the policy merges nothing */
  readonly compressor?: string
}

export interface AboutDocument {
  readonly form: 'chat' | 'plain'
  readonly isSkimmed: boolean
  /** token ids before the document's first */
  readonly prefix: readonly number[]
  readonly tokens: number
  readonly prefilled: number
  readonly encoding: string
  readonly notes: readonly string[]
  readonly readMs: number
}

/** A reading that is under way: a checkpoint. */
export interface AboutReading {
  /** 0…1 of the document's bytes */
  readonly share: number
}

/** What the text was read from; see ReadFrom. */
export interface AboutFile {
  readonly format: DocumentFormat
  readonly title?: string
  /** (places) */
  readonly firstChar: readonly number[]
  readonly place: readonly Place[]
}

export interface AboutCache {
  /** tokens seen: the origin of the next one */
  readonly seen: number
  /** (layer, KV head) */
  readonly heads: readonly (readonly AboutHead[])[]
}

/** The slots of a KV head; see HeadCache. */
export interface AboutHead {
  readonly capacity: number
  readonly occupied: number
  readonly merged: { readonly first: number; readonly end: number }
}

export interface AboutUnits {
  readonly tokens: number
}

export interface AboutPassages {
  /** UTF-16 units of all passages */
  readonly chars: number
}

/** What a value has to be. */
type Kind = (value: unknown) => boolean

const text: Kind = (value) => typeof value === 'string'
const truth: Kind = (value) => typeof value === 'boolean'
const number: Kind = (value) => Number.isFinite(value)
const whole: Kind = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const oneOf =
  (texts: readonly string[]): Kind =>
  (value) =>
    typeof value === 'string' && texts.includes(value)
const list =
  (kind: Kind): Kind =>
  (value) =>
    Array.isArray(value) && value.every(kind)
const optional =
  (kind: Kind): Kind =>
  (value) =>
    value === undefined || kind(value)
const record =
  (kinds: Readonly<Record<string, Kind>>): Kind =>
  (value) =>
    isRecord(value) && Object.entries(kinds).every(([name, kind]) => kind(value[name]))
const setting: Kind = (value) => text(value) || number(value)

const kinds = {
  title: text,
  savedAt: number,
  model: record({
    source: text,
    revision: optional(text),
    fingerprint: text,
    shape: text,
    weights: text,
    heads: optional(text),
    compressor: optional(text),
  }),
  settings: (value) =>
    isRecord(value) &&
    Object.values(value).every((one) =>
      isRecord(one) ? Object.values(one).every(setting) : setting(one),
    ),
  budgets: list(list(whole)),
  document: record({
    form: oneOf(['chat', 'plain']),
    isSkimmed: truth,
    prefix: list(whole),
    tokens: whole,
    prefilled: whole,
    encoding: text,
    notes: list(text),
    readMs: number,
  }),
  reading: optional(record({ share: number })),
  file: record({
    format: oneOf(Object.keys(documentFormats)),
    title: optional(text),
    firstChar: list(whole),
    place: list(record({ kind: text, value: setting, of: optional(text) })),
  }),
  cache: record({
    seen: whole,
    heads: list(
      list(
        record({
          capacity: whole,
          occupied: whole,
          merged: record({ first: whole, end: whole }),
        }),
      ),
    ),
  }),
  units: optional(record({ tokens: whole })),
  passages: optional(record({ chars: whole })),
} satisfies Readonly<Record<keyof About, Kind>>

export function aboutFile({ format, title, places }: ReadFrom): AboutFile {
  const { firstChar, place } = places
  return { format, ...(title !== undefined && { title }), firstChar: [...firstChar], place }
}

export function readFrom({ file }: About): ReadFrom {
  const { format, title, firstChar, place } = file
  return { format, title, places: { firstChar: Float64Array.from(firstChar), place } }
}

/** Throws LongtabError `bad-file` where something is missing or of the wrong kind. */
export function requireAbout({
  about,
  name,
}: {
  readonly about: unknown
  readonly name: string
}): About {
  const found = isRecord(about) ? about : {}
  for (const [field, kind] of Object.entries(kinds)) {
    if (kind(found[field])) continue
    throw new LongtabError(
      'bad-file',
      `${name} does not say what its document is: ${field} is missing or of the wrong kind; save the document again`,
    )
  }
  return found as unknown as About
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
