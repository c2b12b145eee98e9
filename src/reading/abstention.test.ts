import { expect, it } from 'vitest'
import { orSaySo, saysAbsent } from './abstention.ts'

it('asks for the sentence that it knows', () => {
  const asked = orSaySo('Who found the letter?')
  expect(asked).toMatch(/^Who found the letter\? /)
  expect(saysAbsent(asked.slice(asked.lastIndexOf(': ') + 2))).toBe(true)
})

it.each([
  'The text does not say.',
  ' The text doesn’t say what colour it was.',
  '"The passage does not mention his age."',
  'It does not specify the price.',
])('%s says so', (answer) => expect(saysAbsent(answer)).toBe(true))

it.each([
  'The label says ORANGE MARMALADE. The text does not say more.',
  'Alice does not say a word.',
  'The text says that he was thirty-eight.',
  '',
])('%s does not', (answer) => expect(saysAbsent(answer)).toBe(false))
