// Texts whose spaces are written as ▁, and tokens that are bytes.
import type { TokenizerParts } from './kind.ts'

/** @param addsSpace whether a text begins with a space of its own */
export function spaced(addsSpace: boolean): Pick<TokenizerParts, 'normalizer' | 'decoder'> {
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
  const prefix = { type: 'Prepend', prepend: '▁' }
  const back = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
  ]
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 }
  return {
    normalizer: addsSpace ? { type: 'Sequence', normalizers: [prefix, spaces] } : spaces,
    decoder: { type: 'Sequence', decoders: addsSpace ? [...back, strip] : back },
  }
}
