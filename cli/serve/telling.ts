// What a server's model says while it is loaded, by the names that serve/page.ts calls it by.
import type { Progress } from '../../src/api/progress.ts'

export interface Telling {
  onProgress(at: Progress): void
  onNote(note: string): void
}
