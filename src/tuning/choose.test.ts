import { expect, it } from 'vitest'
import type { Gpu } from '../gpu/device.ts'
import { portable } from '../kernels/variants.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseVariants } from './choose.ts'

/** Says what it is, and can do nothing. */
function pretended(architecture: string): Gpu {
  const adapterInfo = { architecture, isFallbackAdapter: false }
  return { device: { adapterInfo }, adapter: `acme ${architecture}` } as unknown as Gpu
}

const plan = {} as Plan
const weights = { layers: [] }

it.each([
  ['swiftshader', 'measured'],
  ['one', 'portable'],
] as const)('on %s, asked for %s, nothing is measured', async (architecture, choice) => {
  const { variants, diagnostics } = await chooseVariants(
    pretended(architecture),
    plan,
    weights,
    choice,
  )
  expect(variants).toBe(portable)
  expect(diagnostics).toEqual({
    adapter: `acme ${architecture}`,
    kernels: 'portable',
    steps: [
      { step: 'one token', runs: 'portable', timed: [] },
      { step: 'many tokens', runs: 'portable', timed: [] },
    ],
    dropped: [],
  })
})
