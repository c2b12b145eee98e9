// What passages add to the log-odds of "yes", compared with the reference, which reads them and the check as one text.
import { expect, test } from 'vitest'
import { answer } from '../../reference/decode.ts'
import { read as referenceRead } from '../../reference/prefill.ts'
import { readbackUsage } from '../gpu/memory.ts'
import { model, open, read, tokens, usualBut } from '../testing/small_engine.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { checkAnswer } from './check_answer.ts'
import { ask } from '../testing/small_engine.ts'

const gpu = gpuOfFile()
const signal = new AbortController().signal
const judgement = { yes: [17, 99, 203], no: [4, 150] }
const settings = { local: 0 } as const

test('checks an answer against what is in the cache, and leaves the cache empty', async () => {
  const engine = await open(gpu, settings)
  const staging = gpu.device.createBuffer({ size: 256, usage: readbackUsage })
  const passages = tokens.subarray(0, 50)
  const [prefix, tail] = [[3, 5], [...tokens.subarray(300, 318)]]
  await read(engine, passages)
  await ask(engine, tokens.subarray(320, 330), 3)
  const added = await checkAnswer(engine, { prefix, tail, judgement }, staging, signal)

  const document = referenceRead(model.reference, passages, usualBut(settings))
  const nothing = referenceRead(model.reference, Uint32Array.from(prefix), usualBut(settings))
  const odds = (logits: Float32Array) => sumOf(logits, judgement.yes) - sumOf(logits, judgement.no)
  const [after, alone] = [document, nothing].map((held) =>
    odds(answer(held, Uint32Array.from(tail), 1).firstLogits),
  )
  expect(added).toBeCloseTo((after ?? NaN) - (alone ?? NaN), 4)
  expect(Math.abs(added)).toBeGreaterThan(0.01)
  expect(engine.cache.seen).toBe(0)
})

function sumOf(logits: Float32Array, ids: readonly number[]): number {
  return Math.log(ids.reduce((sum, id) => sum + Math.exp(logits[id] ?? NaN), 0))
}
