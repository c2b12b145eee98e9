// Typed values out of a config.json that anyone may have written. null counts as absent, as in transformers.
import { LongtabError } from '../api/errors.ts'
import { shown } from '../api/shown.ts'

/** No dimension of a real model comes near; keeps arithmetic on shapes exact. */
const largestCount = 2 ** 24

export class Fields {
  /** for messages: the file, and the group inside it */
  readonly #where: string
  readonly #values: Readonly<Record<string, unknown>>

  /** Throws LongtabError `bad-file` unless `json` is an object. */
  constructor(json: unknown, where: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new LongtabError('bad-file', `${where} must be an object, not ${shown(json)}`)
    }
    this.#values = json as Record<string, unknown>
    this.#where = where
  }

  /** Whether nothing but null is in it. */
  get isEmpty(): boolean {
    return this.names.length === 0
  }

  /** Of all fields that are neither absent nor null. */
  get names(): readonly string[] {
    return Object.keys(this.#values).filter((name) => this.has(name))
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  /** Whether the file says null, which where a field has a default is not the same as saying nothing. */
  isNull(name: string): boolean {
    return Object.hasOwn(this.#values, name) && this.#values[name] === null
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined
  }

  /** A whole number from 1 to `most`. Without a fallback the field must be there; so for all below. */
  count(name: string, fallback?: number, most = largestCount): number {
    const value = this.#value(name, fallback)
    if (isNumber(value) && Number.isInteger(value) && value >= 1 && value <= most) return value
    throw this.#bad(name, `must be a whole number from 1 to ${most.toLocaleString('en-US')}`)
  }

  /** A finite number above 0. */
  positive(name: string, fallback?: number): number {
    const value = this.#value(name, fallback)
    if (isNumber(value) && value > 0) return value
    throw this.#bad(name, 'must be a number above 0')
  }

  /** A list of finite numbers above 0. */
  positives(name: string): readonly number[] {
    const value = this.#value(name, undefined)
    if (isList(value) && value.every(isNumber) && value.every((one) => one > 0)) return value
    throw this.#bad(name, 'must be a list of numbers above 0')
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const value = this.#value(name, undefined)
    if (isList(value) && value.every((one) => typeof one === 'string')) return value
    throw this.#bad(name, 'must be a list of texts')
  }

  text(name: string, fallback?: string): string {
    const value = this.#value(name, fallback)
    if (typeof value === 'string') return value
    throw this.#bad(name, 'must be a text')
  }

  truth(name: string, fallback: boolean): boolean {
    const value = this.#value(name, fallback)
    if (typeof value === 'boolean') return value
    throw this.#bad(name, 'must be true or false')
  }

  /** One token id, a list of them, or nothing. */
  ids(name: string): readonly number[] {
    const value = this.raw(name) ?? []
    const ids = isList(value) ? value : [value]
    if (ids.every(isNumber) && ids.every(Number.isInteger)) return ids
    throw this.#bad(name, 'must be a token id or a list of them')
  }

  /** The fields inside an object, or none. */
  group(name: string): Fields | undefined {
    return this.has(name) ? new Fields(this.raw(name), `${this.#where}: ${name}`) : undefined
  }

  #value(name: string, fallback: unknown): unknown {
    const value = this.raw(name) ?? fallback
    if (value !== undefined) return value
    throw new LongtabError('bad-file', `${this.#where} lacks ${name}`)
  }

  #bad(name: string, rule: string): LongtabError {
    return new LongtabError(
      'bad-file',
      `${this.#where}: ${name} ${rule}, not ${shown(this.raw(name))}`,
    )
  }
}

/** JSON has no NaN, but 1e999 parses as Infinity. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
