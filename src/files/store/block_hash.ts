// Detects blocks damaged by a disk, an interrupted write or another version. It need not resist attackers: the source's
// own hash was checked on arrival (verify.ts), and whoever can write here can also write the journal. So the fastest hash
// is enough: XXH64, in WebAssembly, synchronously. The browser's SHA-256 copies every block and waits for another thread.
import { createXXHash64 } from 'hash-wasm'

/** Hexadecimal, 16 digits. */
export type BlockHash = (content: Uint8Array) => string

let making: Promise<BlockHash> | undefined

/** Created once per thread; each call is a separate hash. */
export function blockHash(): Promise<BlockHash> {
  return (making ??= createXXHash64().then(
    (hash) => (content) => hash.init().update(content).digest('hex'),
  ))
}
