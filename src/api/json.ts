// JSON, and what describes a form of it.

/** Whatever JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | {
      /** Its members by their names. */
      readonly [name: string]: Json
    }

/**
 * A JSON schema. Longtab holds answers to `type`, `properties`, `required`, `items`, `minItems`, `maxItems`, `minLength`,
 * `maxLength`, `enum`, `const`, `anyOf`, `oneOf` and `$ref` inside it, and refuses others by their name.
 */
export interface JsonSchema {
  /** Its keywords. */
  readonly [keyword: string]: Json
}
