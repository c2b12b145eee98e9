// What tells a block that is as it was written from one that a disk, a cut write or another version has damaged. It need not
// stand up to anyone who wants to deceive: that the file is the source's was shown by the source's own hash when it arrived
// (verify.ts), and whoever can write here can write the journal, too. So it is the fastest of the hashes at hand instead of
// SHA-256: XXH64, in WebAssembly, on the spot. The browser's own SHA-256 copies every block and waits for another thread.
import { createXXHash64 } from 'hash-wasm'

/** Hexadecimal, 16 digits. */
export type BlockHash = (content: Uint8Array) => string

let making: Promise<BlockHash> | undefined

/** Made once in every thread; each call is a hash of its own. */
export function blockHash(): Promise<BlockHash> {
  return (making ??= createXXHash64().then(
    (hash) => (content) => hash.init().update(content).digest('hex'),
  ))
}
