// The plug-in for notes with a pretended model: what it reads, when it reads again, and what it writes.
import { expect, test } from 'vitest'
import { createNotes } from '../../examples/08_note_plugin/notes.ts'
import type { load } from '../../src/index.ts'

const notes = [
  { name: 'Sea', text: 'The ferry leaves at noon.' },
  { name: 'Keys', text: 'The pass key is 09090.' },
]

/** Finds what is asked for in the text, and remembers what it read. */
function pretended(failures = 0) {
  const texts: string[] = []
  let closed = 0
  const ask = (text: string) => (question: string) => {
    const firstChar = text.indexOf(question)
    const finish = firstChar < 0 ? 'absent' : 'end'
    return {
      summary: Promise.resolve({ text: ` ${question}\n`, finish, sources: [{ firstChar }] }),
    }
  }
  const model = {
    read: async (text: string) => (texts.push(text), { ask: ask(text) }),
    close: async () => {
      closed++
    },
  }
  const open = async () => {
    if (failures-- > 0) throw new Error('no network')
    return model
  }
  return { open: open as unknown as typeof load, texts, closed: () => closed }
}

test('answers with the note that says so, and reads notes again only when they change', async () => {
  const { open, texts, closed } = pretended()
  const plugin = createNotes(open, 'owner/name', () => undefined)
  expect(await plugin.ask(notes, '09090')).toBe('09090\n\n[[Keys]]')
  expect(await plugin.ask(notes, 'noon')).toBe('noon\n\n[[Sea]]')
  expect(await plugin.ask(notes, 'dusk')).toBe('The notes do not say.')
  expect(texts).toEqual(['# Sea\n\nThe ferry leaves at noon.\n\n# Keys\n\nThe pass key is 09090.'])
  await plugin.ask(notes.slice(1), '09090')
  expect(texts).toHaveLength(2)
  await plugin.close()
  expect(closed()).toBe(1)
})

test('a model that could not be loaded is tried again with the next question', async () => {
  const { open } = pretended(1)
  const plugin = createNotes(open, 'owner/name', () => undefined)
  await expect(plugin.ask(notes, 'noon')).rejects.toThrow('no network')
  expect(await plugin.ask(notes, 'noon')).toBe('noon\n\n[[Sea]]')
})
