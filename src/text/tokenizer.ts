// A model's tokenizer, opened from the texts of its files. It extends the tokenizers library for reading a document piece
// by piece: it can encode text that continues earlier text, and text whose control tokens are plain text.
import { LongtabError } from '../api/errors.ts'
import { shown } from '../api/shown.ts'
import type { Json } from '../api/json.ts'
import { bytesByDecoder } from './token_bytes.ts'
import { endTexts } from './control_tokens.ts'
import { withAllNumerals } from './numerals.ts'
import { findTemplate } from './template_source.ts'
import {
  addedTokens,
  completed,
  largestOwnId,
  isRecord,
  parseRecord,
  specialTokenTexts,
  type AddedToken,
  type JsonRecord,
  type Boundary,
  type TokenizerFiles,
} from './tokenizer_file.ts'
import { hiderFor, supportedTypes } from './tokenizer_types.ts'
import { Variants, type SpecialTokens } from './variants.ts'

/** Tokens that the tokenizer itself adds around a text, e.g. the start token. */
export interface Frame {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/**
 * Opens `tokenizer.json` and `tokenizer_config.json`. Throws LongtabError `bad-file` naming the file that is broken or
 * not supported.
 */
export function openTokenizer(files: TokenizerFiles): Tokenizer {
  const config = parseRecord(files.config ?? '{}', 'tokenizer_config.json')
  const template = findTemplate(config, files)
  const templates = template === undefined ? [] : [template.text]
  const listed = parseRecord(files.tokenizer, 'tokenizer.json')
  const json = withAllNumerals(completed(listed, config, templates))
  const model = json['model']
  if (!isRecord(model) || hiderFor(model) === undefined) {
    const found = isRecord(model) ? `a model of type ${shown(model['type'])}` : 'no model'
    throw new LongtabError(
      'bad-file',
      `tokenizer.json has ${found}; supported types are ${supportedTypes.join(', ')}`,
    )
  }
  return usable(() => new Tokenizer(json, config))
}

/** Steps that are no steps come to light when the library makes them, or when a text first passes through them. */
function usable<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof LongtabError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError('bad-file', `tokenizer.json cannot be used: ${reason}`, { cause })
  }
}

export class Tokenizer {
  /** tokens around a plain text */
  readonly frame: Frame
  /** ids of the special tokens; `decode` leaves them out */
  readonly specialIds: ReadonlySet<number>
  /** ids of all control tokens, the special ones among them; none of them comes out of data */
  readonly controlIds: ReadonlySet<number>
  /** the largest id of its own vocabulary, added tokens left out */
  readonly largestId: number
  /** `bos_token`, `eos_token` … → text */
  readonly specialTexts: Readonly<Record<string, string>>
  readonly config: JsonRecord
  /** end tokens: that of its configuration, and every token whose text is known to end answers */
  readonly endIds: readonly number[]

  readonly #variants: Variants
  readonly #decoder: Json | undefined
  readonly #added: readonly AddedToken[]
  readonly #finders: Readonly<Record<SpecialTokens, RegExp | undefined>>

  constructor(json: JsonRecord, config: JsonRecord) {
    this.config = config
    this.specialTexts = specialTokenTexts(config)
    this.#variants = new Variants(json, config)
    this.#decoder = json['decoder']
    this.#added = addedTokens(json)
    this.frame = this.#readFrame()
    this.largestId = largestOwnId(json)
    this.specialIds = new Set(this.#added.filter((token) => token.special).map(({ id }) => id))
    this.controlIds = new Set(this.#added.filter((token) => token.control).map(({ id }) => id))
    const named = this.idOf(this.specialTexts['eos_token'] ?? '')
    const known = this.#added.filter((one) => one.control && endTexts.includes(one.content))
    const ids = [...(named === undefined ? [] : [named]), ...known.map(({ id }) => id)]
    this.endIds = [...new Set(ids)]
    this.#finders = {
      control: finder(this.#added),
      data: finder(this.#added.filter((token) => !token.control)),
    }
  }

  /** Encodes a text without the frame. */
  encode(text: string, specials: SpecialTokens, boundary: Boundary): number[] {
    return usable(() =>
      this.#parts(text, specials, boundary).flatMap(
        ([part, at]) => this.#variants.tokens(specials, at).encode(part, unframed).ids,
      ),
    )
  }

  /** The normalized words of the text, each of which is tokenized separately. */
  words(text: string, specials: SpecialTokens, boundary: Boundary): string[] {
    return usable(() =>
      this.#parts(text, specials, boundary).flatMap(([part, at]) =>
        this.#variants.words(specials, at).tokenize(part, unframed),
      ),
    )
  }

  /** Encodes a plain text as `tokenizer(text)` of the Python library does, with its frame. */
  encodeFramed(text: string): number[] {
    const { before, after } = this.frame
    return [...before, ...this.encode(text, 'control', 'start'), ...after]
  }

  /**
   * The text of ids, without special tokens and unknown ids. It is the text given to `encode` for lossless tokenizers.
   */
  decode(ids: readonly number[]): string {
    const known = ids.filter(
      (id) => !this.specialIds.has(id) && this.#variants.plain.id_to_token(id) !== undefined,
    )
    if (known.length === 0) return ''
    const { plain } = this.#variants
    return usable(() => plain.decode(known, { clean_up_tokenization_spaces: false }))
  }

  /**
   * Gives the bytes of an id; undefined for control tokens and ids without a token. Undefined itself where the bytes of a token
   * depend on its neighbours.
   */
  byteReader(): ((id: number) => Uint8Array | undefined) | undefined {
    const bytesOf = bytesByDecoder(this.#decoder)
    return (
      bytesOf &&
      ((id) => {
        const piece = this.controlIds.has(id) ? undefined : this.#variants.plain.id_to_token(id)
        return piece === undefined ? undefined : bytesOf(piece)
      })
    )
  }

  /** The same of all ids below `count`. Throws LongtabError `bad-setting` where the bytes of a token depend on its neighbours. */
  tokenBytes(count: number): (Uint8Array | undefined)[] {
    const bytesOf = this.byteReader()
    if (bytesOf === undefined)
      throw new LongtabError(
        'bad-setting',
        'the answer cannot be held to JSON: this model’s tokens have no bytes of their own; ask without json',
      )
    return Array.from({ length: count }, (_, id) => bytesOf(id))
  }

  /** The id of a token by its text, e.g. `</s>`. */
  idOf(token: string): number | undefined {
    return this.#variants.plain.token_to_id(token)
  }

  /** A token as the vocabulary writes it; '' of an id without one. */
  pieceOf(id: number): string {
    return this.#variants.plain.id_to_token(id) ?? ''
  }

  /** The text of a special token; '' of any other. */
  special(id: number): string {
    return this.specialIds.has(id) ? this.pieceOf(id) : ''
  }

  /** The left boundary of a text that follows `text`, which is encoded as control text. */
  boundaryAfter(text: string): Boundary {
    if (text === '') return 'start'
    const last = [...text.matchAll(new RegExp(this.#finders.control ?? /$^/, 'g'))].at(-1)
    if (!last) return 'inside'
    const token = this.#added.find(({ content }) => content === last[0])
    const rest = text.slice(last.index + last[0].length)
    return (token?.rstrip ? rest.trimStart() : rest) === '' ? 'section' : 'inside'
  }

  /**
   * The space that some tokenizers add before a text is left out only up to the first added token, after which another
   * section starts.
   */
  #parts(text: string, specials: SpecialTokens, boundary: Boundary): [string, Boundary][] {
    const found = boundary === 'start' ? null : this.#finders[specials]?.exec(text)
    if (!found) return [[text, boundary]]
    const token = this.#added.find(({ content }) => content === found[0])
    const head = text.slice(0, found.index)
    return [
      [token?.lstrip ? head.trimEnd() : head, boundary],
      [text.slice(found.index), 'start'],
    ]
  }

  #readFrame(): Frame {
    const text = '\0'
    const processor = this.#variants.plain.post_processor
    const tokens = processor
      ? processor.post_process([text], null, true).tokens
      : this.#configuredFrame(text)
    const at = tokens.indexOf(text)
    const ids = tokens.map((token) => (token === text ? -1 : this.#requireId(token)))
    return { before: ids.slice(0, at), after: ids.slice(at + 1) }
  }

  /** Without a post-processor the configuration's switches decide. */
  #configuredFrame(text: string): string[] {
    const { bos_token: bos, eos_token: eos } = this.specialTexts
    const before = this.config['add_bos_token'] === true && bos !== undefined ? [bos] : []
    const after = this.config['add_eos_token'] === true && eos !== undefined ? [eos] : []
    return [...before, text, ...after]
  }

  #requireId(token: string): number {
    const id = this.idOf(token)
    if (id !== undefined) return id
    throw new LongtabError(
      'bad-file',
      `tokenizer.json adds ${token} to texts but has no such token`,
    )
  }
}

const unframed = { add_special_tokens: false }

/** Finds added tokens in a text as the library does: the leftmost, and of several there the longest. */
function finder(tokens: readonly AddedToken[]): RegExp | undefined {
  if (tokens.length === 0) return undefined
  const contents = tokens.map(({ content }) => content).sort((a, b) => b.length - a.length)
  return new RegExp(contents.map((c) => c.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'))
}
