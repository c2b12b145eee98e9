// The built-in model, asked about what a fixed budget dropped: the question finds it among all units that were read.
import { expect, test } from 'vitest'
import { load } from '../index.ts'
import { sampleDocument } from '../tasks/sample.ts'
import { begunReply } from '../testing/begun_reply.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'

const { text, questions } = sampleDocument(300)

/** About facts near the beginning of the text. */
const early = questions.slice(0, 2)

async function rightAnswers(recall: 'none' | 'units') {
  const settings = { budget: 128, chunk: 96, policy: 'streaming', recall } as const
  const model = await load('/models/default/', { gpu: sharedGpu, ...settings })
  const document = await model.read(text)
  const before = await document.memory()
  let right = 0
  for (const asked of early) {
    const { text: given } = await document.ask(asked.question, begunReply(asked)).summary
    if (given.includes(asked.answer)) right++
  }
  const after = await document.memory()
  const { tokens, hostBytes } = document
  await model.close()
  return { right, tokens, hostBytes, before, after }
}

test('more answers are right than by what the policy kept, in the same bytes on the GPU', async () => {
  const none = await rightAnswers('none')
  const units = await rightAnswers('units')
  console.info(
    `built-in model, ${units.tokens} tokens, 128 units: ${none.right} of ${early.length} right, ${units.right} with recall`,
  )
  expect(units.right).toBeGreaterThan(none.right)
  expect(none.hostBytes).toBe(0)
  expect(units.hostBytes).toBeGreaterThan(0)
  expect(units.before.cache).toBe(none.before.cache)
  expect(units.after).toEqual(units.before)
}, 300_000)
