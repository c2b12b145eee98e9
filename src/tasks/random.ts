// Seeded draws for the generators: the same text for the same seed, on every machine. The generator is not CPython's:
// formats of the published benchmarks are kept, but not their exact samples.
import { seeded } from '../random.ts'
import { fnv1a } from '../text/fnv1a.ts'

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number
  /** a whole number from 0 to `limit` − 1 */
  below(limit: number): number
  pick<T>(from: readonly T[]): T
  shuffle<T>(list: readonly T[]): T[]
  /** `count` different ones */
  sample<T>(from: readonly T[], count: number): T[]
  /** the first is not 0 */
  digits(count: number): string
  /** version 4 */
  uuid(): string
}

export function randomOf(...seed: readonly (string | number)[]): Random {
  const next = seeded(fnv1a(seed.join('/')))
  const below = (limit: number) => Math.floor(next() * limit)
  const shuffle = <T>(list: readonly T[]): T[] => {
    const mixed = [...list]
    for (let i = mixed.length - 1; i > 0; i--) {
      const j = below(i + 1)
      const [a, b] = [mixed[i] as T, mixed[j] as T]
      mixed[i] = b
      mixed[j] = a
    }
    return mixed
  }
  const hex = (count: number) =>
    Array.from({ length: count }, () => below(16).toString(16)).join('')
  return {
    next,
    below,
    shuffle,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    sample: (from, count) => shuffle(from).slice(0, count),
    digits: (count) =>
      String(1 + below(9)) + Array.from({ length: count - 1 }, () => below(10)).join(''),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)] ?? ''}${hex(3)}-${hex(12)}`,
  }
}
