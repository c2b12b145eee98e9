import { expect, it } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { policyNames, type PolicyName } from '../api/policies.ts'
import { resolveSettings } from './settings.ts'

const { description: turned } = randomModel({ ...smallShape, weighsTurnedHeads: true }, 7)
const { description: plain } = randomModel(smallShape, 7)
const beside = { heads: {}, compressor: { merged: 8 } }
const room = { budget: 60, chunk: 40, tail: 24, local: 8 }
const taking: readonly PolicyName[] = ['knorm', 'keydiff', 'kvmerger', 'lococo', 'locret+lococo']

it.each(taking)(
  '%s takes keys as they are cached, and is refused where they lack weights',
  (name) => {
    const settings = { ...room, policy: { name } }
    expect(() => resolveSettings(settings, turned, beside)).toThrow(
      `policy ${name} takes keys as they are cached, and keys of this hunyuan_v1_dense model get the weights of their norm only in attention; choose policy streaming`,
    )
    expect(() => resolveSettings(settings, plain, beside)).not.toThrow()
  },
)

it.each(policyNames.filter((name) => !taking.includes(name)))('%s is not', (name) => {
  const settings = { ...room, policy: { name } }
  expect(() => resolveSettings(settings, turned, beside)).not.toThrow()
})
