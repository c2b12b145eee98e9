import { expect, it } from 'vitest'
import { holdTournament } from './tournament.ts'

interface Variant {
  readonly name: string
  /** milliseconds of a round */
  readonly ms: number
}

function pretended(budgetMs: number, ...variants: readonly Variant[]) {
  const sent: [string, number][] = []
  const sample = async ({ name, ms }: Variant, rounds: number) => {
    sent.push([name, rounds])
    return ms * rounds
  }
  return holdTournament(variants, sample, budgetMs).then((results) => ({ ...results, sent }))
}

const portable = { name: 'portable', ms: 0.1 }

it('takes the fastest', async () => {
  const fast = { name: 'fast', ms: 0.06 }
  const { winner, timed, untimed } = await pretended(
    250,
    portable,
    { name: 'near', ms: 0.08 },
    fast,
  )
  expect(winner).toBe(fast)
  expect(timed.map(({ ms }) => Math.round(100 * ms))).toEqual([10, 8, 6])
  expect(untimed).toEqual([])
})

it('stays with the first where another is hardly faster', async () => {
  const { winner } = await pretended(250, portable, { name: 'near', ms: 0.096 })
  expect(winner).toBe(portable)
  expect((await pretended(250, portable, { name: 'faster', ms: 0.094 })).winner.name).toBe('faster')
})

it('times a slow variant once and the others three times, in as many rounds as take 8 ms', async () => {
  const { sent } = await pretended(
    250,
    portable,
    { name: 'slow', ms: 0.3 },
    { name: 'fair', ms: 0.1 },
  )
  const rounds = sent.at(-1)![1]
  expect(rounds * portable.ms).toBeGreaterThanOrEqual(8)
  expect(sent.filter(([name]) => name === 'slow')).toEqual([['slow', rounds]])
  expect(sent.filter(([name]) => name === 'fair')).toHaveLength(3)
})

it('ends with the budget, and says which variants it did not time', async () => {
  const slow = { name: 'portable', ms: 40 }
  const [second, third] = [
    { name: 'second', ms: 10 },
    { name: 'third', ms: 1 },
  ]
  const { winner, untimed, spentMs } = await pretended(220, slow, second, third)
  expect(winner).toBe(second)
  expect(untimed).toEqual([third])
  expect(spentMs).toBe(230)
})

it('counts a median, whatever one sample says', async () => {
  let calls = 0
  const [first, second] = [{ name: 'first' }, { name: 'second' }]
  const sample = async (variant: object) => (variant === first ? 10 : [15, 9, 9][calls++ % 3]!)
  expect((await holdTournament([first, second], sample, 1000)).winner).toBe(second)
})

it('ends where the clock stands still', async () => {
  const { winner } = await pretended(250, { name: 'portable', ms: 0 }, { name: 'other', ms: 0 })
  expect(winner.name).toBe('portable')
})
