// Faults in a JSON document that stays JSON: values of other kinds, names left out, doubled or of a prototype, deep nesting.
import { bytesOf, chosen, textOf, type Damage, type Random } from '../reader.ts'
import { inBytes } from './bytes.ts'

/** Three of four inputs stay JSON, the others have faults in their bytes. */
export const inJson: Damage = (file, random) =>
  random(4) === 0 ? inJsonBytes(file, random) : bytesOf(damagedJson(textOf(file), random))

const inJsonBytes = inBytes({
  pieces: ['"', '{', '}', '[', ']', ',', ':', '-', '9', 'e9', 'null', '\0', '\\u', '\\', '\xff'],
})

/** A text of JSON with one to three faults in its values, which is JSON as well. */
export function damagedJson(text: string, random: Random): string {
  const root: Root = { value: JSON.parse(text) as unknown }
  for (let faults = 1 + random(3); faults > 0; faults--) {
    const [parent, key] = anyValue(root, random)
    chosen(faultKinds, random)(parent, key, random, root)
  }
  root.value ??= null // where it was left out
  if (random(6) !== 0) return JSON.stringify(root.value)
  const [parent, key] = anyValue(root, random)
  parent[key] = mark
  return JSON.stringify(root.value).replace(JSON.stringify(mark), () => chosen(written, random))
}

interface Root {
  value: unknown
}

type Tree = Record<string | number, unknown>
type Path = readonly (string | number)[]
type Fault = (parent: Tree, key: string | number, random: Random, root: Root) => void

const changed: Fault = (parent, key, random) => {
  parent[key] = anotherValue(random)
}

const faultKinds: readonly Fault[] = [
  changed,
  changed,
  (parent, key) => {
    Reflect.deleteProperty(parent, key)
  },
  (parent, key) => {
    parent[key] = [parent[key], parent[key]]
  },
  (parent, key, random) => {
    parent[key] = { [chosen(names, random)]: parent[key] }
  },
  (parent, key, random, root) => {
    const [other, name] = anyValue(root, random)
    parent[key] = structuredClone(other[name]) // something else of the same file
  },
  (parent, key, random) => {
    const inside = parent[key]
    if (Array.isArray(inside)) inside.reverse()
    else if (isTree(inside)) {
      const value = anotherValue(random)
      const own = { value, enumerable: true, configurable: true, writable: true }
      Object.defineProperty(inside, chosen(names, random), own)
    }
  },
]

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', '0', 'type']

const values: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 2 ** 31, 2 ** 53, 1e300, -1e300, 1e-300],
  ...['', '0', 'null', '__proto__', '\0', '\ud800', '(a+)+$', '{{', 'a'.repeat(100_000)],
  ...[[], {}, [[]], [null], [1, 'a', {}], { a: 1 }],
]

/** A copy, since further faults may change it. */
const anotherValue = (random: Random) => structuredClone(chosen(values, random))

/** Stands where one of these is written: JSON that no value of JavaScript is written as. */
const mark = '\u0001'
const written = [
  '1e999',
  '-0',
  `${'[1,'.repeat(50)}1${']'.repeat(50)}`,
  '['.repeat(5000) + ']'.repeat(5000),
  `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  '{"__proto__":{"type":"x"},"type":1,"type":2}',
]

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

/** Paths of all values, of long lists the ends alone. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (!isTree(value) || path.length > 20) return [path]
  const keys = Object.keys(value)
  const some = keys.length > 40 ? [...keys.slice(0, 20), ...keys.slice(-20)] : keys
  return [path, ...some.flatMap((key) => pathsOf(value[key], [...path, key]))]
}

/** What holds a value, and under which name. */
function anyValue(root: Root, random: Random): [parent: Tree, key: string | number] {
  let parent: Tree = root as unknown as Tree
  let key: string | number = 'value'
  for (const step of chosen(pathsOf(root.value), random)) {
    parent = parent[key] as Tree
    key = step
  }
  return [parent, key]
}
