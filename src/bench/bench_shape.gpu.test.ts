// The bench end to end on its smallest shape, with the engine's guarantees about memory, submits and readback.
import { expect, test } from 'vitest'
import { benchShape } from './bench_shape.ts'
import { evictionSteps } from './roofline.ts'
import { benchRecord } from './record.fixture.ts'

const adapter = 'gpu' in navigator ? await navigator.gpu.requestAdapter() : null
const gpuTest = test.skipIf(adapter === null)

gpuTest('measures the smallest shape', { timeout: 300_000 }, async () => {
  const lines: string[] = []
  const { reading, answering, byWeights, gpuBytes, settings } = await benchShape(
    'tiny',
    benchRecord().ceilings,
    Infinity,
    { gpu: navigator.gpu, tokens: [400], effort: 'quick', onLine: (line) => lines.push(line) },
  )
  expect(lines).toEqual([
    'tiny: reading 400 tokens',
    'tiny: answering',
    'tiny: training',
    'tiny: answering with weights in fewer bits',
  ])
  expect(byWeights.map(({ weights }) => weights)).toEqual(['f16', 'q8', 'q4'])
  for (const { tokensPerSecond } of byWeights) expect(tokensPerSecond.low).toBeGreaterThan(0)

  const { loaded, whileReading, afterAnswering } = gpuBytes
  expect([...whileReading, afterAnswering]).toEqual([loaded, loaded, loaded])
  expect(answering.step).toMatchObject({ submits: 1, buffersCreated: 0, bytesReadBack: 4 })
  expect(reading.chunk).toMatchObject({ buffersCreated: 0, bytesReadBack: 4 })

  expect(reading.documents[0]!.tokens).toBe(400)
  expect(answering.fillings.at(-1)!.slots).toBe(settings.budget)
  for (const { tokensPerSecond } of [...reading.documents, ...answering.fillings]) {
    expect(tokensPerSecond.low).toBeGreaterThan(0)
  }
  if (reading.steps && answering.steps) {
    const steps = reading.steps.map(({ step }) => step)
    expect(steps).toEqual(expect.arrayContaining([...evictionSteps]))
    expect(reading.evictionShare).toBeGreaterThan(0)
    expect(reading.evictionShare).toBeLessThan(1)
    expect(answering.steps.map(({ step }) => step)).toContain('project logits')
  }
})

gpuTest('leaves out what would take too long', async () => {
  const options = { gpu: navigator.gpu, effort: 'quick', onLine: () => undefined } as const
  const measuring = benchShape('tiny', benchRecord().ceilings, 1e-6, options)
  await expect(measuring).rejects.toThrow('name it with --shape')
})
