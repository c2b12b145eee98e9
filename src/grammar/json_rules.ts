// The grammar of JSON, as RFC 8259 has it, but for two bounds that keep a model from going on for ever. White space between two
// marks is a space, or a new line with an indent. A number has few digits.
import { createRules, type Bytes, type Element, type Rules, type Sequence } from './grammar.ts'

const encoder = new TextEncoder()

/** Longest indent of a line, in spaces. */
const longestIndent = 16
/** Most digits before the point, behind it, and in an exponent. */
const mostDigits = { whole: 16, fraction: 16, exponent: 3 }

/** Ranges of bytes, both ends inclusive. */
function bytes(...ranges: readonly (readonly [number, number])[]): Bytes {
  const flags = new Uint8Array(256)
  for (const [first, last] of ranges) flags.fill(1, first, last + 1)
  return flags
}

function oneOf(characters: string): Bytes {
  return bytes(...Array.from(encoder.encode(characters), (byte) => [byte, byte] as const))
}

/** A text byte by byte. */
export function literal(text: string): Sequence {
  return Array.from(encoder.encode(text), (byte) => bytes([byte, byte]))
}

export interface JsonRules extends Rules {
  /** white space, or none */
  readonly space: number
  readonly string: number
  readonly number: number
  readonly integer: number
  readonly boolean: number
  /** any object, any array, any value */
  readonly object: number
  readonly array: number
  readonly value: number
  /** characters of a string, without its quotes */
  readonly character: number
  /** `least` to `most` times in a row, divided by `between` */
  readonly repeated: (element: Element, least: number, most: number, between?: Sequence) => number
}

export function jsonRules(): JsonRules {
  const rules = createRules()
  const { add, define } = rules
  const mark = (character: string): Sequence => literal(character)

  function repeated(element: Element, least: number, most: number, between: Sequence = []): number {
    const more = (count: number): number => {
      const leading = count === 0 ? [] : between
      if (count === most) return add([[]])
      const ends = count < least ? [] : [[]]
      if (most === Infinity && count >= Math.max(least, 1)) {
        const again = add()
        define(again, [[], [...between, element, again]])
        return again
      }
      return add([...ends, [...leading, element, more(count + 1)]])
    }
    return more(0)
  }

  const digit = oneOf('0123456789')
  const space = add([[], mark(' '), [...mark('\n'), repeated(oneOf(' '), 0, longestIndent)]])
  const hex = oneOf('0123456789abcdefABCDEF')
  const tail = bytes([0x80, 0xbf])
  const character = add([
    [bytes([0x20, 0x21], [0x23, 0x5b], [0x5d, 0x7f])],
    [bytes([0xc2, 0xdf]), tail],
    [bytes([0xe0, 0xe0]), bytes([0xa0, 0xbf]), tail],
    [bytes([0xe1, 0xec], [0xee, 0xef]), tail, tail],
    [bytes([0xed, 0xed]), bytes([0x80, 0x9f]), tail],
    [bytes([0xf0, 0xf0]), bytes([0x90, 0xbf]), tail, tail],
    [bytes([0xf1, 0xf3]), tail, tail, tail],
    [bytes([0xf4, 0xf4]), bytes([0x80, 0x8f]), tail, tail],
    [...mark('\\'), oneOf('"\\/bfnrt')],
    [...mark('\\u'), hex, hex, hex, hex],
  ])
  const quote = mark('"')
  const string = add([[...quote, repeated(character, 0, Infinity), ...quote]])
  const whole = add([mark('0'), [oneOf('123456789'), repeated(digit, 0, mostDigits.whole - 1)]])
  const integer = add([[whole], [...mark('-'), whole]])
  const fraction = add([[], [...mark('.'), repeated(digit, 1, mostDigits.fraction)]])
  const sign = add([[], [oneOf('+-')]])
  const exponent = add([[], [oneOf('eE'), sign, repeated(digit, 1, mostDigits.exponent)]])
  const number = add([[integer, fraction, exponent]])
  const boolean = add([literal('true'), literal('false')])
  const [object, array, value] = [add(), add(), add()]
  const comma = [space, ...mark(','), space]
  const member = add([[string, space, ...mark(':'), space, value]])
  define(object, [[...mark('{'), space, repeated(member, 0, Infinity, comma), space, ...mark('}')]])
  define(array, [[...mark('['), space, repeated(value, 0, Infinity, comma), space, ...mark(']')]])
  define(value, [[object], [array], [string], [number], [boolean], literal('null')])
  return {
    ...rules,
    space,
    string,
    number,
    integer,
    boolean,
    object,
    array,
    value,
    character,
    repeated,
  }
}
