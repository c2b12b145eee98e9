// A workaround: the library's decoder of byte tokens drops a byte order mark at the start of every run of them, which may
// be in the middle of a text. To be deleted when tokenizers-js's ByteFallback sets ignoreBOM (its ByteLevel does in 0.2.0).
import type { Tokenizer as Library } from '@huggingface/tokenizers'

/** Gives the decoders of a tokenizer, and those within them, a TextDecoder that keeps what it reads. */
export function keepByteOrderMarks({ decoder }: Pick<Library, 'decoder'>): void {
  const open: unknown[] = [decoder]
  for (const one of open) {
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null) continue
    if ('decoders' in one && Array.isArray(one.decoders)) open.push(...(one.decoders as unknown[]))
    if ('text_decoder' in one) one.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  }
}
