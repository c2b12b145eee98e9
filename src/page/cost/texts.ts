// Words about what a choice takes.
import { formatBytes } from '../format.ts'

/** a long novel, for the comparison */
const novelTokens = 200_000

export const howeverLong = ' on the GPU, however long the document'
export const toBeginWith = ' on the GPU to begin with; the cache then grows'

export function growth(bytesPerToken: number): string {
  return `Every 1,000 tokens add ${formatBytes(bytesPerToken * 1000)}.`
}

export function comparison(bytesPerToken: number): string {
  return `A cache that keeps everything would take ${formatBytes(bytesPerToken * novelTokens)} for a long novel.`
}
