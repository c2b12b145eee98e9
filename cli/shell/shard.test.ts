import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawn } from '../../src/testing/drawn.ts'
import { dealt, parseShard } from './shard.ts'

test('shards share all cards, none is dealt twice, and hands differ by one card at most', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 30 }), (count, of) => {
      const cards = Array.from({ length: count }, (_, i) => i)
      const hands = Array.from({ length: of }, (_, i) => dealt(cards, { index: i + 1, of }))
      expect(hands.flat().toSorted((a, b) => a - b)).toEqual(cards)
      const sizes = hands.map((hand) => hand.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
    drawn(100),
  )
})

test('shards are dealt like cards', () => {
  const cards = ['a', 'b', 'c', 'd', 'e']
  const hands = ['1/3', '2/3', '3/3'].map((shard) => dealt(cards, parseShard('--shard', shard)))
  expect(hands).toEqual([['a', 'd'], ['b', 'e'], ['c']])
  expect(dealt(cards, parseShard('--shard', '7/9'))).toEqual([])
})

test.each(['0/2', '3/2', '0/0', '2', '1/', '-1/2', '1/2/3', 'a/b'])('%s is refused', (text) => {
  expect(() => parseShard('--shard', text)).toThrow(
    `--shard must be i/n with i between 1 and n, such as 2/4, not '${text}'`,
  )
})
