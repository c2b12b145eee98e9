// Workaround: the library's decoder of byte tokens drops a byte order mark at the start of every run of byte tokens,
// which may be in the middle of a text. Delete this file when the ByteFallback of tokenizers-js sets ignoreBOM (its
// ByteLevel does in 0.2.0).
import type { Tokenizer as Library } from '@huggingface/tokenizers'

/** Gives a tokenizer's decoders, nested ones included, a TextDecoder that keeps byte order marks. */
export function keepByteOrderMarks({ decoder }: Pick<Library, 'decoder'>): void {
  const open: unknown[] = [decoder]
  for (const one of open) {
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null) continue
    if ('decoders' in one && Array.isArray(one.decoders)) open.push(...(one.decoders as unknown[]))
    if ('text_decoder' in one) one.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  }
}
