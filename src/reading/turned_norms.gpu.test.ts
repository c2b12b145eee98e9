// Norms whose weights multiply turned heads, against the reference, on random weights far from one.
import { test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { expectAnswer } from '../testing/agreement.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { open, tokens, type UsualOverrides } from '../testing/small_engine.ts'

const gpu = gpuOfFile()
const turned = randomModel({ ...smallShape, weighsTurnedHeads: true }, 7)

/** six chunks and five evictions, the last chunk shorter */
const text = tokens.subarray(0, 260)

const policies: [string, UsualOverrides][] = [
  ['locret', {}],
  ['h2o, which sums up shares', { policy: 'h2o' }],
  ['original positions', { policy: { name: 'streaming', sinks: 4 }, positions: 'original' }],
]

test.each(policies)('%s: as the reference', async (_, settings) => {
  const engine = await open(gpu, settings, undefined, turned)
  await expectAnswer(engine, turned.reference, text)
})
