// Typed values out of a config.json that anyone may have written. null counts as absent, as in transformers.
import { LongtabError } from '../errors.ts'

/** No dimension of a real model comes near; keeps arithmetic on shapes exact. */
const largestCount = 2 ** 24

export class Fields {
  /** for messages: the file, and the group inside it */
  readonly #where: string
  readonly #values: Readonly<Record<string, unknown>>

  /** Throws LongtabError `bad-file` unless `json` is an object. */
  constructor(json: unknown, where: string) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new LongtabError('bad-file', `${where} must be an object, not ${JSON.stringify(json)}`)
    }
    this.#values = json as Record<string, unknown>
    this.#where = where
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
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
    const ids: unknown[] = Array.isArray(value) ? value : [value]
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
    const found = JSON.stringify(this.raw(name))
    return new LongtabError('bad-file', `${this.#where}: ${name} ${rule}, not ${found}`)
  }
}

/** JSON has no NaN, but 1e999 parses as Infinity. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
