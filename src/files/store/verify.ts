// Checks a download against the source's hash of the whole file. It hashes block after block from disk, behind the
// download.
import { createSHA1, createSHA256 } from 'hash-wasm'
import { blockCount, type GrowingFile } from './block_file.ts'
import type { ContentHash } from './download.ts'

export interface Verifier {
  /** hashes the stored blocks as far as they are consecutive */
  advance(): void
  /** starts again from the first block */
  restart(): void
  /** hexadecimal; undefined when a block is missing or was found damaged */
  found(): Promise<string | undefined>
}

export function verifier({ kind }: ContentHash, file: GrowingFile): Verifier {
  const making = kind === 'git' ? createSHA1() : createSHA256()
  let next = 0
  let progress = Promise.resolve()
  const step = async (): Promise<void> => {
    const hash = await making
    if (next === 0) {
      hash.init()
      if (kind === 'git') hash.update(`blob ${file.bytes ?? 0}\0`)
    }
    for (;;) {
      const content = await file.read(next)
      if (content === undefined) return
      hash.update(content)
      next++
    }
  }
  const advance = (): void => {
    progress = progress.then(step)
    progress.catch(() => undefined) // `found` throws the error
  }
  return {
    advance,
    restart() {
      progress = progress.then(() => {
        next = 0
      })
    },
    async found() {
      advance()
      await progress
      return next < blockCount(file) ? undefined : (await making).digest('hex')
    },
  }
}
