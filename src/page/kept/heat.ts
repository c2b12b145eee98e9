// What the cache retained, summed so that the mean over any stretch of tokens is cheap: a prefix sum per block of tokens.
import type { Pieces } from '../../index.ts'
import { nextTask } from '../elements.ts'
import { lastUpTo } from '../last_up_to.ts'

const blockTokens = 32
const blocksPerTask = 16_384
/** shades between nothing kept and the most kept */
export const levels = 5

export interface Heat {
  readonly tokens: number
  /** mean share kept over the whole document */
  readonly overall: number
  /** highest mean share of any block of tokens */
  readonly highest: number
  /** first token of that block */
  readonly highestAt: number
  /** mean share kept of the tokens from…to − 1 */
  mean(from: number, to: number): number
}

/** Sums `retained` (tokens), giving way to the page between stretches. */
export async function measureHeat(retained: Float32Array): Promise<Heat> {
  const blocks = Math.ceil(retained.length / blockTokens)
  const before = new Float64Array(blocks + 1) // (blocks + 1): the sum of all tokens before each block
  let highest = 0
  let highestAt = 0
  for (let block = 0; block < blocks; block += 1) {
    if (block > 0 && block % blocksPerTask === 0) await nextTask()
    const from = block * blockTokens
    const to = Math.min(from + blockTokens, retained.length)
    const sum = add(retained, from, to)
    before[block + 1] = (before[block] ?? 0) + sum
    if (sum / (to - from) > highest) {
      highest = sum / (to - from)
      highestAt = from
    }
  }
  const sumBefore = (token: number): number => {
    const block = Math.floor(token / blockTokens)
    return (before[block] ?? 0) + add(retained, block * blockTokens, token)
  }
  const mean = (from: number, to: number): number => {
    const start = clamp(Math.floor(from), retained.length)
    const end = clamp(Math.ceil(to), retained.length)
    return end > start ? (sumBefore(end) - sumBefore(start)) / (end - start) : 0
  }
  const overall = mean(0, retained.length)
  return { tokens: retained.length, overall, highest, highestAt, mean }
}

/** 0 for nothing kept, then 1…levels; by square root, since a few tokens are often kept far more than the rest. */
export function heatLevel(share: number, highest: number): number {
  if (share <= 0 || highest <= 0) return 0
  return Math.min(levels, Math.max(1, Math.ceil(levels * Math.sqrt(share / highest) - 1e-9)))
}

/** The largest share that still has this level. */
export function levelLimit(level: number, highest: number): number {
  return highest * (level / levels) ** 2
}

/** The piece that holds a token. */
export function pieceAt({ firstToken }: Pieces, token: number): number {
  return lastUpTo(firstToken, token)
}

function add(values: Float32Array, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i += 1) sum += values[i] ?? 0
  return sum
}

function clamp(token: number, tokens: number): number {
  return Math.min(tokens, Math.max(0, token))
}
