// A reader of foreign bytes: good files, how they are damaged, and what reads them.

export type Bytes = Uint8Array<ArrayBuffer>

/** A whole number from 0 to `below` − 1. */
export type Random = (below: number) => number

/** A good file with faults. */
export type Damage = (file: Bytes, random: Random) => Bytes

export interface Reader {
  /** good files, the same in every process */
  files(): Promise<readonly Bytes[]>
  readonly damage: Damage
  /** Takes all that there is to take. Throws what the file is refused with. */
  read(bytes: Bytes): Promise<void>
  /** inputs of the short form */
  readonly short: number
  /** least and largest share of inputs that are read in spite of their damage: damage that changes nothing tests nothing */
  readonly share: readonly [least: number, most: number]
}

export function chosen<T>(list: readonly T[], random: Random): T {
  const one = list[random(list.length)]
  if (one === undefined) throw new Error('nothing to choose from')
  return one
}

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text)
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
