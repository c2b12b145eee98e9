// What a grammar takes and what not, byte by byte.
import { describe, expect, test } from 'vitest'
import type { JsonSchema } from '../api/json.ts'
import { jsonState } from './json_schema.ts'

/** `whole`, `begun` where more must come, or how many bytes fit. */
function taken(schema: true | JsonSchema, text: string): 'whole' | 'begun' | number {
  let state = jsonState(schema)
  for (const [i, byte] of new TextEncoder().encode(text).entries()) {
    const next = state.after(byte)
    if (next === undefined) return i
    state = next
  }
  return state.mayEnd ? 'whole' : 'begun'
}

describe('any object', () => {
  test.each([
    ['{}'],
    ['{"a": [1, -2.5e+3, "x\\n\\u00e9", true, null, {}], "é😀": false}'],
    ['{\n  "a": 0\n}'],
  ])('takes %s', (text) => {
    expect(JSON.parse(text)).toBeDefined()
    expect(taken(true, text)).toBe('whole')
    expect(taken(true, text.slice(0, -1))).toBe('begun')
  })

  test.each([
    ['[]', 0],
    ['{a', 1],
    ['{"a" 1}', 5],
    ['{"a": 01}', 7],
    ['{"a": "\n', 7],
    ['{"a": 1,}', 8],
    ['{}x', 2],
    ['{   ', 3],
  ])('does not take %j', (text, fits) => {
    expect(taken(true, text)).toBe(fits)
  })
})

describe('a schema', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      name: { type: 'string', maxLength: 4 },
      kind: { enum: ['a', 'bc', 7] },
      many: { type: 'array', items: { $ref: '#/$defs/pair' }, minItems: 1, maxItems: 2 },
      left: { anyOf: [{ type: 'null' }, { type: 'integer' }] },
    },
    required: ['name', 'many'],
    additionalProperties: false,
    $defs: { pair: { type: ['boolean', 'number'] } },
  }

  test.each([
    '{"name": "Ada", "many": [1.5]}',
    '{"name": "", "kind": "bc", "many": [true, 2], "left": null}',
    '{"name":"Ada","kind":7,"many":[false],"left":-3}',
  ])('takes %s', (text) => {
    expect(taken(schema, text)).toBe('whole')
  })

  test.each([
    ['{}', 1],
    ['{"many"', 2],
    ['{"name": "Adalo', 14],
    ['{"name": "Ada", "many": []', 25],
    ['{"name": "Ada", "many": [1, 2, 3', 29],
    ['{"name": "Ada", "kind": "c', 25],
    ['{"name": "Ada", "many": [1], "left": 1.', 38],
    ['{"name": "Ada", "many": [1], "more"', 30],
  ])('does not take %s', (text, fits) => {
    expect(taken(schema, text)).toBe(fits)
  })

  test('may hold itself', () => {
    const list: JsonSchema = { type: 'object', properties: { next: { $ref: '#' } } }
    expect(taken(list, '{"next": {"next": {}}}')).toBe('whole')
  })

  test('with many optional properties is not many times as large', () => {
    const names = Array.from({ length: 60 }, (_, i) => `p${i}`)
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer' }]))
    expect(taken({ type: 'object', properties }, '{"p3": 1, "p40": 2, "p59": 3}')).toBe('whole')
  })

  test.each([
    [{ type: 'string', pattern: 'a+' }, 'schema.pattern is not held to'],
    [{ type: 'integer', minimum: 3 }, 'schema.minimum is not held to'],
    [{ type: 'text' }, 'schema.type is text; it must be one of object, array'],
    [{ properties: { a: { format: 'date' } } }, 'schema.properties.a.format is not held to'],
    [{ $ref: '#/$defs/none' }, 'schema.$ref leads nowhere: #/$defs/none'],
    [{ enum: [] }, 'schema.enum is empty'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, 'schema asks for 3 to 2'],
    [{ type: 'array', minItems: { toString: 1 } }, 'schema asks for NaN'],
    [{ type: [{ toString: 1 }] }, 'schema.type is {"toString":1}; it must be one of'],
  ] as [JsonSchema, string][])('%j is refused by name', (schema, message) => {
    expect(() => jsonState(schema)).toThrow(message)
  })

  test('that nests too deep is refused with the number', () => {
    const deep = (levels: number) =>
      JSON.parse('{"items":'.repeat(levels) + 'true' + '}'.repeat(levels)) as JsonSchema
    expect(() => jsonState(deep(200))).not.toThrow()
    expect(() => jsonState(deep(201))).toThrow('schema nests deeper than 200')
    expect(() => jsonState(deep(9000))).toThrow('schema nests deeper than 200')
  })
})
