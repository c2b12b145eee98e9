// A glimpse of the document at the place where reading has got to, so that waiting is not looking at a bar.
import type { DocumentText } from '../document/document_text.ts'
import type { Parts } from '../template.ts'

const glimpseUnits = 700
const glimpseEveryMs = 1500

export interface NowReading {
  begin(text: DocumentText): void
  at(share: number): void
  end(): void
}

export function createNowReading({ part }: Parts): NowReading {
  const root = part('now-reading', HTMLElement)
  const words = part('now-reading-text', HTMLElement)
  let text: DocumentText | undefined
  let shownAt = 0

  const show = async (here: DocumentText, share: number): Promise<void> => {
    const end = Math.round(share * here.length)
    const glimpse = await here.slice(Math.max(0, end - glimpseUnits), end)
    if (text !== here) return
    // From a word's beginning to the last whole word.
    words.textContent = glimpse.replace(/^\S*\s+/, '').replace(/\s+\S*$/, '')
    root.hidden = words.textContent === ''
  }

  return {
    begin(next) {
      text = next
      shownAt = 0
      words.textContent = ''
    },
    at(share) {
      if (text === undefined || performance.now() - shownAt < glimpseEveryMs) return
      shownAt = performance.now()
      // A file that can no longer be read ends the reading itself, with words of its own.
      show(text, share).catch(() => undefined)
    },
    end() {
      text = undefined
      root.hidden = true
    },
  }
}
