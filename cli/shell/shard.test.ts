import { expect, test } from 'vitest'
import { dealt, parseShard } from './shard.ts'

test('shards share all cards, and none is dealt twice', () => {
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
