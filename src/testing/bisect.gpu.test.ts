// A fault in one step of the engine is found at that step and nowhere else, and is gone when the CPU computes the step.
import { beforeAll, describe, expect, test } from 'vitest'
import { forward, lastLogits } from '../../reference/forward.ts'
import { emptyCache } from '../../reference/model.ts'
import type { Engine } from '../forward/engine.ts'
import { compile } from '../gpu/kernel.ts'
import { readBuffer } from '../gpu/readback.ts'
import { gate } from '../kernels/gate.ts'
import type { GpuMatrix, MatrixPart } from '../model/matrix.ts'
import { distance, findParting, logitsWith } from './bisect.ts'
import { gpuOfFile } from './gpu_of_file.ts'
import { model, open, tokens, type UsualOverrides } from './small_engine.ts'
import { ofAttention } from './of_attention.ts'

const gpu = gpuOfFile()
const text = tokens.subarray(0, 90)
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

test('gate and up in buffers of their own come to the same', async () => {
  const engine = await open(gpu, { allocation: 'pyramid' }) // which has room for both
  const own = async (matrix: GpuMatrix): Promise<GpuMatrix> => {
    const parts = await Promise.all(halves(engine, matrix))
    return { ...matrix, parts }
  }
  const layers = await Promise.all(
    engine.weights.layers.map(async (layer) => ({ ...layer, gateUp: await own(layer.gateUp) })),
  )
  const multiply = await compile(engine.gpu.device, gate, { GELU: 0 })
  const split: Engine = {
    ...engine,
    kernels: {
      ...engine.kernels,
      ofLayers: engine.kernels.ofLayers.map((own) => ({ ...own, gate: multiply })),
    },
    weights: { ...engine.weights, layers },
  }
  expect(await findParting(split, model.reference, text, allowed)).toBe(undefined)
})

/** A matrix in f32 as two of half its rows. */
function halves({ gpu: { device, memory } }: Engine, { parts, outs }: GpuMatrix) {
  const [whole] = parts
  if (!whole) throw new Error('a matrix has no rows')
  const bytes = whole.matrix.size / 2
  return [0, 1].map(async (half): Promise<MatrixPart> => {
    const matrix = memory.allocate('weights', 'half of a matrix', bytes)
    const rows = await readBuffer(device, whole.matrix, half * bytes, bytes)
    device.queue.writeBuffer(matrix, 0, rows)
    return { ...whole, matrix, outs: outs / 2, firstOut: (half * outs) / 2 }
  })
}

/** The engine with zeros in one of its buffers. */
function cleared(engine: Engine, buffer: GPUBuffer): Engine {
  engine.gpu.device.queue.writeBuffer(buffer, 0, new Uint8Array(buffer.size))
  return engine
}

const faults: [string, string, number, (engine: Engine) => Engine][] = [
  [
    'embed',
    'residual',
    1,
    ({ weights, ...engine }) => ({
      ...engine,
      weights: { ...weights, embedding: { ...weights.embedding, parts: [] } },
    }),
  ],
  [
    'layer 1: projectQkv',
    'qkv',
    1,
    (engine) => cleared(engine, engine.weights.layers[1]!.attentionNorm!),
  ],
  [
    'layer 2: scoreUnits',
    'scores',
    1,
    (engine) => cleared(engine, ofAttention(engine.weights.layers[2]).retainingHead!.fc2),
  ],
  ['layer 0: attend', 'attended', 1, (engine) => cleared(engine, engine.scratch.ropeTables[0]!)],
  [
    'layer 1: addAttention',
    'residual',
    1,
    (engine) =>
      cleared(engine, ofAttention(engine.weights.layers[1]).attentionOutput.parts[0]!.matrix),
  ],
  [
    'layer 0: gateRows',
    'gated',
    1,
    (engine) => cleared(engine, engine.weights.layers[0]!.feedForwardNorm!),
  ],
  [
    'layer 2: addFeedForward',
    'residual',
    1,
    (engine) => cleared(engine, engine.weights.layers[2]!.down.parts[0]!.matrix),
  ],
  [
    'layer 0: evict', // the budget of 60 is first exceeded by the second chunk of 40
    'origins',
    2,
    (engine) => ({
      ...engine,
      policy: {
        ...engine.policy,
        evict: (layer, evictions) =>
          engine.policy.evict(
            layer,
            evictions.map((eviction) => ({
              ...eviction,
              last: layer.index === 0 ? 0 : eviction.last,
            })),
          ),
      },
    }),
  ],
  ['logits', 'logits', 3, (engine) => cleared(engine, engine.weights.finalNorm)],
]

test.each(faults)(
  'a fault in %s is found in its %s of chunk %i',
  async (step, array, chunk, spoil) => {
    const engine = await open(gpu, {})
    const found = await findParting(spoil(engine), model.reference, text, allowed)
    expect(found).toMatchObject({ step, array, chunk })
  },
)

describe('on the CPU', () => {
  let right: Float32Array
  const far = async (engine: Engine, isOnCpu: (step: string) => boolean) =>
    distance(await logitsWith(engine, model.reference, text, isOnCpu), right)

  beforeAll(async () => {
    const engine = await open(gpu, {})
    right = await logitsWith(engine, model.reference, text, () => true)
    expect(await far(engine, () => false), 'with nothing wrong').toBeLessThan(allowed)
  })

  test.each(faults)('%s heals a fault in it', async (step, _array, _chunk, spoil) => {
    const spoilt = spoil(await open(gpu, {}))
    expect(await far(spoilt, () => false)).toBeGreaterThan(allowed)
    expect(await far(spoilt, (name) => name !== step)).toBeGreaterThan(allowed)
    expect(await far(spoilt, (name) => name.endsWith(step.replace(/^layer \d+/, '')))).toBeLessThan(
      allowed,
    )
  })
})

test('all steps on the CPU are the reference', async () => {
  const chunk = text.subarray(0, 40)
  const engine = await open(gpu, {})
  const { description } = model.reference
  const caches = Array.from({ length: description.layers }, () => emptyCache(description, 40))
  const state = {
    ...{ model: model.reference, settings: engine.plan.settings, caches, seen: 0 },
    ...{ nextLogits: undefined, margin: Infinity },
  }
  const expected = lastLogits(model.reference, forward(state, chunk))
  expect(await logitsWith(engine, model.reference, chunk, () => true)).toEqual(expected)
})
