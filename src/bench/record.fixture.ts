// A bench record as from a fast GPU.
import { resolveSettings } from '../plan/settings.ts'
import type { BenchRecord, ShapeRecord } from './record.ts'
import { describeShape, parametersOf, shapes } from './shapes.ts'
import type { Spread } from './statistics.ts'

export function around(median: number): Spread {
  return { median, low: 0.95 * median, high: 1.05 * median, samples: 5 }
}

export function shapeRecord(): ShapeRecord {
  const shape = shapes['qwen-0.5b']
  const step = {
    step: 'score',
    ms: 2,
    share: 1,
    flop: 1e9,
    bytes: 1e6,
    mbu: 0.1,
    mfu: 0.2,
  } as const
  return {
    name: 'qwen-0.5b',
    shape,
    parameters: parametersOf(shape),
    settings: resolveSettings({ policy: 'locret' }, describeShape(shape), { heads: {} }),
    block: 256,
    kernels: {
      adapter: 'acme gpu',
      kernels: 'measured',
      steps: [
        {
          step: 'one token',
          runs: 'four times the lanes',
          timed: [
            { variant: 'portable', ratio: 1 },
            { variant: 'a quarter of the lanes', ratio: 1.234 },
            { variant: 'four times the lanes', ratio: 0.81 },
          ],
        },
        { step: 'many tokens', runs: 'portable', timed: [{ variant: 'portable', ratio: 1 }] },
      ],
      dropped: ['many tokens: half the depth computes wrongly on this GPU'],
    },
    reading: {
      documents: [{ tokens: 3072, tokensPerSecond: around(2500) }],
      whenFull: { firstChunk: 2, ms: around(1000) },
      later: { firstChunk: 32, ms: around(1020) },
      ratio: 1.02,
      chunk: { submits: 30, dispatches: 3500, buffersCreated: 0, bytesReadBack: 0 },
      steps: [step],
      evictionShare: 0.04,
      mfu: 0.4,
    },
    answering: {
      fillings: [{ slots: 6000, tokensPerSecond: around(80), mbu: 0.6 }],
      bytesByCache: {
        f32: { cache: 4e8, all: 1.4e9 },
        f16: { cache: 2e8, all: 1.2e9 },
        int8: { cache: 1.1e8, all: 1.11e9 },
        int4: { cache: 5.6e7, all: 1.06e9 },
      },
      fewTokens: around(1.4),
      step: { submits: 1, dispatches: 291, buffersCreated: 0, bytesReadBack: 4 },
      steps: null,
      dispatchFloorMs: 2.5,
    },
    byWeights: [
      { weights: 'f16', flop: 1e9, bytes: 1e9, tokensPerSecond: around(80), mbu: 0.6, matrixMs: 8 },
      {
        weights: 'q4',
        flop: 1e9,
        bytes: 3.2e8,
        tokensPerSecond: around(180),
        mbu: 0.4,
        matrixMs: 2.8,
      },
    ],
    training: {
      contextTokens: 3072,
      replyTokens: 64,
      forwardMs: around(1000),
      stepMs: around(1300),
      ratio: around(1.3),
    },
    gpuBytes: {
      weights: 9e8,
      cache: 9e7,
      scratch: 1e7,
      loaded: 1e9,
      whileReading: [1e9, 1e9],
      afterAnswering: 1e9,
    },
  }
}

export function benchRecord(): BenchRecord {
  return {
    date: '2026-11-22T09:05:00.000Z',
    host: 'Chromium 156, linux',
    adapter: 'acme gpu',
    effort: 'full',
    ceilings: {
      clock: 'timestamps',
      sweptBytes: 512 * 2 ** 20,
      bytesPerSecond: around(400e9),
      flopPerSecond: null,
      dispatchMicroseconds: around(8),
      roundTripMicroseconds: around(500),
    },
    storage: {
      bytes: 268e6,
      rawBytesPerSecond: around(3e9),
      checkedBytesPerSecond: around(1.2e9),
    },
    shapes: [shapeRecord()],
    byHead: [],
    failures: [{ name: 'llama-1b', reason: 'out of memory' }],
  }
}
