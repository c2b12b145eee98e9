// A fault in one step of the engine is found at that step and nowhere else.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../forward/engine.ts'
import { openGpu, type Gpu } from '../gpu/device.ts'
import { findParting } from './bisect.ts'
import { sharedGpu } from './shared_gpu.ts'
import { model, open, tokens, type UsualOverrides } from './small_engine.ts'

let gpu: Gpu
beforeAll(async () => {
  gpu = await openGpu(sharedGpu)
})
afterAll(() => {
  gpu.close()
})

const text = tokens.subarray(0, 150)
const allowed = 1e-3

const sound: UsualOverrides[] = [
  {},
  { positions: 'original' },
  { policy: 'h2o' },
  { policy: { name: 'streaming', sinks: 4 } },
  { allocation: 'pyramid', policy: { sinks: 3 } },
]
test.each(sound)('with nothing wrong they agree to the end: %o', async (settings) => {
  expect(await findParting(await open(gpu, settings), model.reference, text, allowed)).toBe(
    undefined,
  )
})

/** The engine with zeros in one of its buffers. */
function cleared(engine: Engine, buffer: GPUBuffer): Engine {
  engine.gpu.device.queue.writeBuffer(buffer, 0, new Uint8Array(buffer.size))
  return engine
}

const faults: [string, number, (engine: Engine) => Engine][] = [
  ['embedding', 1, (engine) => cleared(engine, engine.weights.embedding.parts[0]!.matrix)],
  ['layer 1: q, k and v', 1, (engine) => cleared(engine, engine.weights.layers[1]!.attentionNorm)],
  ['layer 0: attention', 1, (engine) => cleared(engine, engine.scratch.ropeTables[0]!)],
  ['layer 2: scores', 1, (engine) => cleared(engine, engine.weights.layers[2]!.retainingHead!.fc2)],
  ['layer 0: residual', 1, (engine) => cleared(engine, engine.weights.layers[0]!.feedForwardNorm)],
  [
    'layer 0: retained slots', // the budget of 60 is first exceeded by the second chunk of 40
    2,
    (engine) => ({
      ...engine,
      policy: {
        ...engine.policy,
        evict: (layer, evictions) =>
          engine.policy.evict(
            layer,
            evictions.map((eviction) => ({ ...eviction, last: 0 })),
          ),
      },
    }),
  ],
  ['logits', 4, (engine) => cleared(engine, engine.weights.finalNorm)],
]
test.each(faults)('a fault in %s is found in chunk %i', async (step, chunk, spoil) => {
  const engine = await open(gpu, {})
  const found = await findParting(spoil(engine), model.reference, text, allowed)
  expect(found).toMatchObject({ step, chunk })
})
