// What the plug-in does, whatever its host: notes are read as one document, and a question is answered with the notes that say so.
import type { load, Model, LongDocument } from '../../src/index.ts'

export interface Note {
  readonly name: string
  readonly text: string
}

export interface Notes {
  /** The answer and its sources, in Markdown. Notes that have not changed are not read again. */
  ask(notes: readonly Note[], question: string): Promise<string>
  close(): Promise<void>
}

/** @param source what `load` takes; the model is loaded with the first question */
export function createNotes(open: typeof load, source: string, say: (text: string) => void): Notes {
  let model: Promise<Model> | undefined
  let read: { readonly text: string; readonly document: LongDocument } | undefined
  const onProgress = ({ phase }: { readonly phase: string }): void => say(`${phase} …`)
  return {
    async ask(notes, question) {
      model ??= open(source, { recall: 'passages', onProgress }).catch((error: unknown) => {
        model = undefined // the next question tries again
        throw error
      })
      const text = notes.map(({ name, text }) => `# ${name}\n\n${text}`).join('\n\n')
      if (read?.text !== text) {
        read = undefined
        read = {
          text,
          document: await (await model).read(text, { format: 'text', onProgress }),
        }
      }
      const answer = await read.document.ask(question).summary
      if (answer.finish === 'absent') return 'The notes do not say.'
      const sources = answer.sources.map(({ firstChar }) => `[[${noteAt(notes, firstChar)}]]`)
      return [answer.text.trim(), [...new Set(sources)].join(', ')].join('\n\n').trim()
    },
    async close() {
      await (await model)?.close()
    },
  }
}

/** The note that holds a character of the text that all of them make. */
function noteAt(notes: readonly Note[], at: number): string {
  let end = 0
  for (const { name, text } of notes) {
    end += `# ${name}\n\n${text}\n\n`.length
    if (at < end) return name
  }
  return notes.at(-1)?.name ?? ''
}
