// The bytes of single tokens. Vocabularies write them in two ways: byte by byte as printable characters (GPT-2's), or as text
// with ▁ for a space and <0x0A> for a byte.
import type { Json } from '../api/json.ts'
import { isRecord } from './tokenizer_file.ts'

/** GPT-2's characters for bytes: those that print stand for themselves, the others follow from U+0100 on. */
function byteOfCharacter(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>()
  let others = 0
  for (let byte = 0; byte < 256; byte++) {
    const prints = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    bytes.set(String.fromCharCode(prints ? byte : 256 + others++), byte)
  }
  return bytes
}

const encoder = new TextEncoder()

/** Undefined for a decoder that writes tokens in another way, where a token's bytes depend on its neighbours. */
export function bytesByDecoder(
  decoder: Json | undefined,
): ((piece: string) => Uint8Array | undefined) | undefined {
  const types = typesOf(decoder)
  if (types.includes('ByteLevel')) {
    const bytes = byteOfCharacter()
    return (piece) => {
      const found = Array.from(piece, (character) => bytes.get(character))
      return found.every((byte) => byte !== undefined) ? Uint8Array.from(found) : undefined
    }
  }
  if (!types.includes('ByteFallback') && !types.includes('Metaspace')) return undefined
  return (piece) => {
    const [, hex] = /^<0x([0-9A-F]{2})>$/.exec(piece) ?? []
    if (hex !== undefined) return Uint8Array.of(parseInt(hex, 16))
    return encoder.encode(piece.replaceAll('▁', ' '))
  }
}

/** Of a decoder and those that it is a sequence of. */
function typesOf(decoder: Json | undefined): readonly string[] {
  if (!isRecord(decoder)) return []
  const { type, decoders } = decoder
  const inner = Array.isArray(decoders) ? decoders.flatMap((one: Json) => typesOf(one)) : []
  return [...(typeof type === 'string' ? [type] : []), ...inner]
}
