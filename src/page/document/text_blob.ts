// A long text of the page as a Blob.
import { nextTask } from '../elements.ts'

const unitsPerBlob = 1_000_000

/** A string as UTF-8, encoded a stretch at a time so that the page can answer in between. */
export async function textBlob(text: string): Promise<Blob> {
  const parts: Blob[] = []
  for (let start = 0; start < text.length;) {
    const end = beforePair(text, start + unitsPerBlob)
    parts.push(new Blob([text.slice(start, end)]))
    start = end
    await nextTask()
  }
  return new Blob(parts)
}

/** The same offset, or one less where it would split a surrogate pair. */
function beforePair(text: string, offset: number): number {
  const last = text.charCodeAt(offset - 1)
  return offset < text.length && last >= 0xd800 && last <= 0xdbff ? offset - 1 : offset
}
