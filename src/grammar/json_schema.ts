// The grammar of what a JSON schema describes. Properties come in the order in which the schema lists them, and none that it does
// not list. What the grammar cannot hold an answer to is refused by its name: an answer that only looks as asked would be worse.
import { LongtabError } from '../api/errors.ts'
import type { Json, JsonSchema } from '../api/json.ts'
import { shown } from '../api/shown.ts'
import { begin, type Sequence, type State } from './grammar.ts'
import { jsonRules, literal, type JsonRules } from './json_rules.ts'

type Fields = Readonly<Record<string, Json>>

/** They say nothing about what is valid. */
const unread = ['title', 'description', 'default', 'examples', '$schema', '$id', '$comment']
const definitions = ['$defs', 'definitions']

const ofType: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
  number: [],
  integer: [],
  boolean: [],
  null: [],
}

/** The largest count of items or characters that is held to. */
const mostCounted = 1000

/** Lists and objects in each other, far beyond any schema that a model could follow. */
const mostNested = 200

/** @param schema true: any object. Throws LongtabError `bad-setting`. */
export function jsonState(schema: true | JsonSchema): State {
  if (nestsDeeper(schema, mostNested))
    throw refused('schema', `nests deeper than ${mostNested} values; make it flatter, or use $ref`)
  const rules = jsonRules()
  const rule = schema === true ? rules.object : ruleOf(schema, rules)
  return begin(rules, rules.add([[rules.space, rule]])) // models may begin with a space
}

function ruleOf(root: JsonSchema, rules: JsonRules): number {
  const { add, define, space, repeated } = rules
  const referred = new Map<string, number>()

  function of(schema: Json | undefined, at: string): number {
    if (schema === undefined || schema === true) return rules.value
    if (!isFields(schema)) throw refused(at, 'is no schema; give an object or true')
    const { type, $ref, enum: values, const: only, anyOf = schema['oneOf'] } = schema
    if (typeof $ref === 'string') return refer($ref, at)
    if (only !== undefined) return choice([only], schema, at, 'const')
    if (values !== undefined) return choice(someOf(values, `${at}.enum`), schema, at, 'enum')
    if (anyOf !== undefined) {
      requireKnown(schema, ['anyOf', 'oneOf'], at)
      return add(someOf(anyOf, `${at}.anyOf`).map((one, i) => [of(one, `${at}.anyOf[${i}]`)]))
    }
    const named = Array.isArray(type) ? (type as readonly Json[]).map(nameIn) : guessed(schema)
    const types = typeof type === 'string' ? [type] : named
    const known = types.flatMap((one) => ofType[one] ?? [])
    requireKnown(schema, ['type', ...known], at)
    if (types.length === 0) return rules.value
    return add(types.map((one) => [typed(one, schema, at)]))
  }

  function typed(type: string, schema: Fields, at: string): number {
    if (type === 'object') return objectOf(schema, at)
    if (type === 'array') return arrayOf(schema, at)
    if (type === 'string') return stringOf(schema, at)
    if (type === 'number' || type === 'integer' || type === 'boolean') return rules[type]
    if (type === 'null') return add([literal('null')])
    throw refused(`${at}.type`, `is ${type}; it must be one of ${Object.keys(ofType).join(', ')}`)
  }

  function objectOf({ properties, required, additionalProperties }: Fields, at: string): number {
    if (isFields(additionalProperties) && Object.keys(additionalProperties).length > 0)
      throw refused(`${at}.additionalProperties`, 'is not held to; list the properties')
    if (properties === undefined) return rules.object
    if (!isFields(properties)) throw refused(`${at}.properties`, 'is no object')
    const needed = new Set(required === undefined ? [] : listOf(required, `${at}.required`))
    // what may follow from a property on, from the last one back: as the first that is there, and behind others
    let [first, others] = [add([[]]), add([[]])]
    for (const [name, schema] of Object.entries(properties).reverse()) {
      const value = of(schema, `${at}.properties.${name}`)
      const key = literal(JSON.stringify(name))
      const member = [...key, space, ...literal(':'), space, value, others]
      const left = (rule: number): Sequence[] => (needed.has(name) ? [] : [[rule]])
      first = add([member, ...left(first)])
      others = add([[space, ...literal(','), space, ...member], ...left(others)])
    }
    return add([[...literal('{'), space, first, space, ...literal('}')]])
  }

  function arrayOf({ items, minItems, maxItems }: Fields, at: string): number {
    const [least, most] = countsOf(minItems, maxItems, at)
    const comma = [space, ...literal(','), space]
    const all = repeated(of(items, `${at}.items`), least, most, comma)
    return add([[...literal('['), space, all, space, ...literal(']')]])
  }

  function stringOf({ minLength, maxLength }: Fields, at: string): number {
    if (minLength === undefined && maxLength === undefined) return rules.string
    const [least, most] = countsOf(minLength, maxLength, at)
    return add([[...literal('"'), repeated(rules.character, least, most), ...literal('"')]])
  }

  function choice(values: readonly Json[], schema: Fields, at: string, name: string): number {
    requireKnown(schema, ['type', name], at)
    return add(values.map((value): Sequence => literal(JSON.stringify(value))))
  }

  function refer(pointer: string, at: string): number {
    const known = referred.get(pointer)
    if (known !== undefined) return known
    const found = pointed(root, pointer)
    if (found === undefined) throw refused(`${at}.$ref`, `leads nowhere: ${pointer}`)
    const rule = add()
    referred.set(pointer, rule)
    define(rule, [[of(found, pointer)]])
    return rule
  }

  return of(root, 'schema')
}

function guessed(schema: Fields): readonly string[] {
  if (schema['properties'] !== undefined) return ['object']
  return schema['items'] === undefined ? [] : ['array']
}

function requireKnown(schema: Fields, known: readonly string[], at: string): void {
  const all = [...known, ...unread, ...definitions]
  const other = Object.keys(schema).find((name) => !all.includes(name))
  if (other === undefined) return
  throw refused(`${at}.${other}`, 'is not held to; leave it out, and check what comes')
}

/** Of a type; what is none is refused by what it is. */
function nameIn(value: Json): string {
  return typeof value === 'string' ? value : shown(value)
}

function numberIn(value: Json): number {
  return typeof value === 'number' ? value : NaN
}

function countsOf(min: Json | undefined, max: Json | undefined, at: string): [number, number] {
  const least = min === undefined ? 0 : numberIn(min)
  const most = max === undefined ? Infinity : numberIn(max)
  const fits = (count: number) => Number.isSafeInteger(count) && count >= 0 && count <= mostCounted
  if (fits(least) && (most === Infinity || fits(most)) && least <= most) return [least, most]
  throw refused(at, `asks for ${least} to ${most}; counts may be up to ${mostCounted}`)
}

/** @param pointer `#`, or a path of names such as `#/$defs/item` */
function pointed(root: JsonSchema, pointer: string): Json | undefined {
  const [start, ...names] = pointer.split('/')
  if (start !== '#') return undefined
  let found: Json | undefined = root
  for (const name of names) found = isFields(found) ? found[name] : undefined
  return found
}

function nestsDeeper(value: Json, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((one: Json) => nestsDeeper(one, most - 1))
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: Json, at: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[]
  throw refused(at, 'is no list')
}

function someOf(value: Json, at: string): readonly Json[] {
  const list = listOf(value, at)
  if (list.length > 0) return list
  throw refused(at, 'is empty; nothing could be answered')
}

function refused(at: string, why: string): LongtabError {
  return new LongtabError('bad-setting', `${at} ${why}`)
}
