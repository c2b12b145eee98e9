// A Python pickle of protocol 2, as far as `torch.save` needs it for tensors. Nothing in it is ever run: a class is a name
// that is looked up in a list, and an opcode or a name beyond the lists ends the reading.
// Opcodes: CPython's Lib/pickletools.py.
import { LongtabError } from '../../api/errors.ts'

/** What a pickle may name, and what becomes of it. */
export interface Vocabulary {
  /** `module.name` → the value for its arguments; undefined for arguments that it does not take */
  readonly classes: ReadonlyMap<string, (args: readonly unknown[]) => unknown>
  /** `module.name` of what is named without being called */
  readonly names: ReadonlySet<string>
  /** the value that a persistent id stands for; undefined for an id that is not understood */
  persistent(id: unknown): unknown
}

/** A class that is named and not yet called. */
export class Named {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/**
 * The pickled value: numbers, texts, booleans, null, tuples as arrays, dictionaries as Maps, and what the vocabulary makes.
 * Time and memory are bounded by the length of the pickle.
 * @param file for messages
 * Throws LongtabError `bad-file`.
 */
export function unpickle(pickle: Uint8Array, vocabulary: Vocabulary, file: string): unknown {
  const machine = new Machine(pickle, vocabulary, file)
  for (let opcode = machine.uint8(); opcode !== stop; opcode = machine.uint8()) {
    const run = opcodes.get(opcode)
    if (run === undefined) throw machine.unknown(opcode)
    run(machine)
  }
  return machine.pop()
}

const stop = 0x2e // STOP

const opcodes: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => m.requireProtocol(m.uint8())], // PROTO
  [0x28, (m) => m.mark()], // MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4b, (m) => m.push(m.uint8())], // BININT1
  [0x4d, (m) => m.push(m.uint16())], // BININT2
  [0x4a, (m) => m.push(m.uint32() | 0)], // BININT
  [0x8a, (m) => m.push(m.long(m.uint8()))], // LONG1
  [0x58, (m) => m.push(m.text(m.uint32()))], // BINUNICODE
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x85, (m) => m.push(m.popLast(1))], // TUPLE1
  [0x86, (m) => m.push(m.popLast(2))], // TUPLE2
  [0x87, (m) => m.push(m.popLast(3))], // TUPLE3
  [0x74, (m) => m.push(m.popToMark())], // TUPLE
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x73, (m) => m.setItems(m.popLast(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popToMark())], // SETITEMS
  [0x71, (m) => m.remember(m.uint8())], // BINPUT
  [0x72, (m) => m.remember(m.uint32())], // LONG_BINPUT
  [0x68, (m) => m.recall(m.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.uint32())], // LONG_BINGET
  [0x63, (m) => m.name(m.line(), m.line())], // GLOBAL
  [0x52, (m) => m.call(m.pop(), m.pop())], // REDUCE
  [0x51, (m) => m.refer(m.pop())], // BINPERSID
  [0x62, (m) => m.dropAttributes()], // BUILD
])

/** Of the opcodes that are not read, for messages. */
const otherOpcodes: readonly (readonly [number, string])[] = [
  [0x93, 'STACK_GLOBAL'],
  [0x81, 'NEWOBJ'],
  [0x92, 'NEWOBJ_EX'],
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x82, 'EXT1'],
  [0x95, 'FRAME'],
  [0x5d, 'EMPTY_LIST'],
  [0x47, 'BINFLOAT'],
]

/** A stack machine: opcodes push values, and take them to make others. */
class Machine {
  readonly #pickle: DataView
  readonly #vocabulary: Vocabulary
  readonly #file: string
  readonly #memo = new Map<number, unknown>()
  /** stacks below the marks */
  readonly #below: unknown[][] = []
  #stack: unknown[] = []
  /** of the next byte */
  #at = 0

  constructor(pickle: Uint8Array, vocabulary: Vocabulary, file: string) {
    this.#pickle = new DataView(pickle.buffer, pickle.byteOffset, pickle.byteLength)
    this.#vocabulary = vocabulary
    this.#file = file
  }

  uint8(): number {
    return this.#pickle.getUint8(this.#take(1))
  }

  uint16(): number {
    return this.#pickle.getUint16(this.#take(2), true)
  }

  uint32(): number {
    return this.#pickle.getUint32(this.#take(4), true)
  }

  /** Little-endian, two's complement. */
  long(bytes: number): number {
    const start = this.#take(bytes)
    let value = 0n
    for (let i = bytes - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.#pickle.getUint8(start + i))
    }
    return Number(BigInt.asIntN(8 * bytes, value))
  }

  text(bytes: number): string {
    const start = this.#pickle.byteOffset + this.#take(bytes)
    return new TextDecoder().decode(new Uint8Array(this.#pickle.buffer, start, bytes))
  }

  /** Up to the next end of a line. */
  line(): string {
    let length = 0
    while (this.#pickle.getUint8(this.#take(1)) !== 0x0a) length++
    this.#at -= length + 1
    const found = this.text(length)
    this.#at++
    return found
  }

  push(value: unknown): void {
    this.#stack.push(value)
  }

  pop(): unknown {
    const [value] = this.popLast(1)
    return value
  }

  popLast(count: number): unknown[] {
    if (this.#stack.length < count) throw this.#damaged()
    return this.#stack.splice(this.#stack.length - count)
  }

  mark(): void {
    this.#below.push(this.#stack)
    this.#stack = []
  }

  popToMark(): unknown[] {
    const items = this.#stack
    const below = this.#below.pop()
    if (!below) throw this.#damaged()
    this.#stack = below
    return items
  }

  remember(index: number): void {
    const value = this.pop()
    this.#memo.set(index, value)
    this.push(value)
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) throw this.#damaged()
    this.push(this.#memo.get(index))
  }

  setItems(items: readonly unknown[]): void {
    const dictionary = this.#stack.at(-1)
    if (!(dictionary instanceof Map) || items.length % 2 !== 0) throw this.#damaged()
    for (let i = 0; i < items.length; i += 2) dictionary.set(items[i], items[i + 1])
  }

  /** Attributes of a dictionary, such as the versions in a state_dict, are of no use here. */
  dropAttributes(): void {
    this.pop()
    if (!(this.#stack.at(-1) instanceof Map)) throw this.#damaged()
  }

  name(module: string, local: string): void {
    const name = `${module}.${local}`
    const { classes, names } = this.#vocabulary
    if (!classes.has(name) && !names.has(name)) {
      throw this.#bad(
        `names ${JSON.stringify(name.slice(0, 80))} in its pickle, and only tensors of F32, F16 and BF16 are read, nothing is run; save the state_dict with torch.save, or as safetensors`,
      )
    }
    this.push(new Named(name))
  }

  call(args: unknown, callee: unknown): void {
    const name = callee instanceof Named ? callee.name : 'what is no class'
    const made = Array.isArray(args) ? this.#vocabulary.classes.get(name)?.(args) : undefined
    if (made === undefined) {
      throw this.#bad(`calls ${name} in its pickle with what it does not take; fetch it again`)
    }
    this.push(made)
  }

  refer(id: unknown): void {
    const found = this.#vocabulary.persistent(id)
    if (found === undefined) {
      throw this.#bad('refers in its pickle to what is no storage of F32, F16 or BF16')
    }
    this.push(found)
  }

  requireProtocol(protocol: number): void {
    if (protocol === 2) return
    throw this.#bad(
      `holds a pickle of protocol ${protocol}, only 2 is read; save it with torch.save without a pickle_protocol`,
    )
  }

  unknown(opcode: number): LongtabError {
    const name = otherOpcodes.find(([code]) => code === opcode)?.[1]
    const inHex = `0x${opcode.toString(16).padStart(2, '0')}`
    return this.#bad(
      `has the opcode ${name === undefined ? inHex : `${inHex} (${name})`} in its pickle, which no tensor needs, and nothing is run; save the state_dict with torch.save, or as safetensors`,
    )
  }

  #take(bytes: number): number {
    if (bytes > this.#pickle.byteLength - this.#at) throw this.#damaged()
    this.#at += bytes
    return this.#at - bytes
  }

  #damaged(): LongtabError {
    const at = this.#at.toLocaleString('en-US')
    return this.#bad(`holds a pickle that is damaged at byte ${at}; fetch it again`)
  }

  #bad(fault: string): LongtabError {
    return new LongtabError('bad-file', `${this.#file} ${fault}`)
  }
}
