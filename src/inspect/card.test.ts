import { expect, it } from 'vitest'
import { parseCard } from './card.ts'

it('takes what is there and of the right kind', () => {
  const card = { name: 'Small', untrained: 'yes', can: ['find codes', 7], scores: '97 %' }
  expect(parseCard(card)).toEqual({
    name: 'Small',
    untrained: false,
    demonstration: false,
    summary: '',
    can: ['find codes'],
    cannot: [],
    scores: [],
  })
})

it('takes a model for untrained when its card says so', () => {
  expect(parseCard({ untrained: true })?.untrained).toBe(true)
})

it.each([null, 'text', 3])('is no card: %j', (json) => {
  expect(parseCard(json)).toBeUndefined()
})
