import { expect, test } from 'vitest'
import { linesData } from './data.ts'
import { madeUpData } from './made_up_data.ts'

const words = (text: string) => text.split(/\s+/).length
const choice = { seed: 4, heldOut: 2, length: 400, reply: 100, questions: 3 }

test('made-up documents are the same for a seed, fit, and hold what is asked for', () => {
  const data = madeUpData(choice, words)
  for (let step = 0; step < 14; step++) {
    const text = data.at(step)
    expect(madeUpData(choice, words).at(step)).toEqual(text)
    expect(words(text.context)).toBeLessThanOrEqual(choice.length)
    expect(text.turns.length).toBeGreaterThan(0)
    expect(text.turns.length).toBeLessThanOrEqual(choice.questions)
    for (const { answer } of text.turns) {
      const said = /(\S+?)[.:]?$/.exec(answer)![1]!
      expect(text.context, answer).toContain(said)
    }
  }
})

test('a small window for replies is kept to, by asking for what is short', () => {
  const letters = (text: string) => text.length
  const data = madeUpData({ ...choice, reply: 128, length: 900, heldOut: 0 }, letters)
  for (const step of [1, 3, 5, 9, 11, 13, 17]) {
    for (const { question = '', answer } of data.at(step).turns) {
      expect(letters(question) + letters(answer)).toBeLessThan(128)
    }
  }
})

test('held-out documents are not among those trained on', () => {
  const data = madeUpData(choice, words)
  const held = new Set([0, 1].map((i) => data.heldOutAt(i).context))
  expect(held.size).toBe(2)
  for (let step = 0; step < 14; step++) expect(held).not.toContain(data.at(step).context)
})

test('lines come in another order every round, each once a round, the held-out ones never', async () => {
  const lines = Array.from({ length: 10 }, (_, i) => `{"prompt": "${i}", "answer": "A"}`)
  const data = await linesData(new Blob([lines.join('\n')]), choice, () => undefined)
  expect(data.heldOut).toBe(2)
  const held = [0, 1].map((i) => data.heldOutAt(i).context)
  const rounds = [0, 8].map((first) =>
    Array.from({ length: 8 }, (_, i) => data.at(first + i).context),
  )
  for (const round of rounds) {
    expect([...round, ...held].sort()).toEqual(Array.from('0123456789'))
  }
  expect(rounds[0]).not.toEqual(rounds[1])
  expect(data.name).toMatch(/^sha256:[0-9a-f]{64}$/)
})

test('a line that cannot be trained on is refused before the first step', async () => {
  const lines = ['1', '2', '3'].map((prompt) => JSON.stringify({ prompt, answer: 'A' }))
  const check = ({ name }: { name: string }) => {
    if (name === 'line 3') throw new Error(`${name} is too long`)
  }
  await expect(linesData(new Blob([lines.join('\n')]), choice, check)).rejects.toThrow('line 3')
})
