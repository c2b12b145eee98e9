// What heads may be like.
import { LongtabError } from '../api/errors.ts'

/** Models have heads of 64 to 512, and every layer has a list of frequencies as long. */
const largestHead = 1024

/** Throws LongtabError `unsupported-model`. */
export function requireHeadSize(headSize: number): void {
  if (headSize > largestHead) {
    throw new LongtabError(
      'unsupported-model',
      `head size ${headSize.toLocaleString('en-US')} is not supported; heads have at most ${largestHead.toLocaleString('en-US')} dimensions`,
    )
  }
  if (headSize % 2 !== 0) {
    throw new LongtabError(
      'unsupported-model',
      `head size ${headSize} is odd; rotary positions turn dimensions in pairs`,
    )
  }
}

/** Throws LongtabError `bad-file`. */
export function requireGroups(heads: number, kvHeads: number): void {
  if (heads % kvHeads === 0) return
  throw new LongtabError(
    'bad-file',
    `config.json: num_attention_heads ${heads} is not a multiple of num_key_value_heads ${kvHeads}`,
  )
}
