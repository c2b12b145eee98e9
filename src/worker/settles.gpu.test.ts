// Random orders of calls: nothing is pending after their end. LONGTAB_SEQUENCES=1000 in Node makes it long.
import { expect, test } from 'vitest'
import { longOr } from '../testing/forms.ts'
import { randomCalls } from '../testing/random_calls.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const sequences = longOr('LONGTAB_SEQUENCES', 6)

test(
  `${sequences} sequences of calls settle, every one, and what is refused has a code`,
  async () => {
    const outcomes = new Map<string, number>()
    for (let seed = 1; seed <= sequences; seed++) {
      for (const [outcome, calls] of await randomCalls(sharedGpu, seed))
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + calls)
    }
    console.info(`outcomes: ${JSON.stringify(Object.fromEntries(outcomes))}`)
    expect(outcomes.get('resolved') ?? 0).toBeGreaterThan(2 * sequences)
    expect(outcomes.get('aborted') ?? 0).toBeGreaterThan(0)
    expect(outcomes.get('closed') ?? 0).toBeGreaterThan(0)
  },
  60_000 + sequences * 10_000,
)
