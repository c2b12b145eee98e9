// A bench record as Markdown.
import { cacheStorages } from '../api/settings.ts'
import { byHeadSections } from './report_by_head.ts'
import { goalsOf } from './goals.ts'
import { countMerging } from './merging.ts'
import type {
  BenchRecord,
  Ceilings,
  ChunkWindow,
  ShapeRecord,
  StepRecord,
  StorageRecord,
} from './record.ts'
import { digits, percent, spreadText, times, unknown } from './report_values.ts'
import type { Spread } from './statistics.ts'
import { table } from './table.ts'
import { fewTokens } from '../kernels/few_tokens.ts'

export function report(record: BenchRecord): string {
  const { date, host, adapter, effort, ceilings, storage, shapes, byHead, failures } = record
  return [
    `# Bench of ${date.slice(0, 10)}`,
    [
      `Adapter: ${adapter}. ${host}. ${date.slice(11, 16)} UTC, ${effort}.`,
      'Medians; ranges and numbers of samples in brackets. MFU and MBU are shares of the ceilings in the first table.',
    ].join('\n'),
    '## What the device can do',
    ceilingsTable(ceilings),
    ...(storage === null ? [] : ['## Reading a stored model', storageTable(storage)]),
    ...(shapes.length === 0 ? [] : shapeSections(shapes)),
    ...byHeadSections(byHead),
    ...(failures.length === 0
      ? []
      : ['## What did not run', ...failures.map(({ name, reason }) => `- ${name}: ${reason}`)]),
  ]
    .join('\n\n')
    .concat('\n')
}

function ceilingsTable(ceilings: Ceilings): string {
  const { clock, sweptBytes, bytesPerSecond, flopPerSecond } = ceilings
  const { dispatchMicroseconds, roundTripMicroseconds } = ceilings
  const row = (name: string, spread: Spread | null, unit: number, units: string, by: string) => [
    name,
    spread ? `${spreadText(spread, unit)} ${units}` : unknown,
    by,
  ]
  return table(
    ['ceiling', 'measured', 'by'],
    [
      row(`reading ${megabytes(sweptBytes)} once`, bytesPerSecond, 1e9, 'GB/s', clock),
      row('multiply-adds', flopPerSecond, 1e9, 'GFLOP/s', clock),
      row('a dispatch that does nothing', dispatchMicroseconds, 1, 'µs', 'wall clock'),
      row('a submit, and the wait for it', roundTripMicroseconds, 1, 'µs', 'wall clock'),
    ],
  )
}

/** Loading must reach 1 GB/s, or the rate of reading the same file raw. */
const enoughBytesPerSecond = 1e9

function storageTable(storage: StorageRecord): string {
  const { bytes, rawBytesPerSecond: raw, checkedBytesPerSecond: checked } = storage
  const met = checked.median >= Math.min(enoughBytesPerSecond, raw.low)
  return table(
    ['file', 'read raw, GB/s', 'every block checked, GB/s', 'share', '≥ 1 GB/s or the raw rate'],
    [
      [
        megabytes(bytes),
        spreadText(raw, 1e9),
        spreadText(checked, 1e9),
        percent(checked.median / raw.median),
        met ? 'yes' : 'NO',
      ],
    ],
  )
}

function shapeSections(shapes: readonly ShapeRecord[]): string[] {
  return [
    '## Reading',
    table(
      ['shape', 'parameters', 'budget', 'chunk', 'document', 'tokens/s'],
      shapes.flatMap(({ name, parameters, settings, reading }) =>
        reading.documents.map(({ tokens, tokensPerSecond }) => [
          name,
          `${digits(parameters / 1e6)} M`,
          settings.budget,
          settings.chunk,
          tokens.toLocaleString('en-US'),
          spreadText(tokensPerSecond, 1),
        ]),
      ),
    ),
    table(
      [
        'shape',
        'ms per chunk when first full',
        'ms per chunk later',
        'ratio',
        'MFU',
        'score + select + compact',
        'submits',
        'dispatches',
      ],
      shapes.map(({ name, reading }) => [
        name,
        windowText(reading.whenFull),
        windowText(reading.later),
        reading.ratio?.toFixed(3) ?? unknown,
        percent(reading.mfu),
        percent(reading.evictionShare),
        reading.chunk.submits,
        reading.chunk.dispatches,
      ]),
    ),
    '## Answering',
    table(
      ['shape', 'slots in use', 'tokens/s', 'MBU'],
      shapes.flatMap(({ name, answering }) =>
        answering.fillings.map(({ slots, tokensPerSecond, mbu }) => [
          name,
          slots.toLocaleString('en-US'),
          spreadText(tokensPerSecond, 1),
          percent(mbu),
        ]),
      ),
    ),
    table(
      ['read per token: cache, of all', ...cacheStorages],
      shapes.map(({ name, answering: { bytesByCache } }) => [
        name,
        ...cacheStorages.map((storage) => {
          const { cache, all } = bytesByCache[storage]
          return `${megabytes(cache)} of ${megabytes(all)}`
        }),
      ]),
    ),
    table(
      [
        'shape',
        'submits per token',
        'dispatches',
        'bytes read back',
        'dispatches alone take',
        `a step of ${fewTokens} tokens ÷ of one`,
      ],
      shapes.map(({ name, answering: { step, dispatchFloorMs, fewTokens: ratio } }) => [
        name,
        digits(step.submits),
        digits(step.dispatches),
        digits(step.bytesReadBack),
        dispatchFloorMs === null ? unknown : `${digits(dispatchFloorMs)} ms`,
        ratio === null ? unknown : spreadText(ratio, 2),
      ]),
    ),
    table(
      [
        'shape',
        'weights',
        'MFLOP a token',
        'MB a token',
        'of f16',
        'tokens/s',
        'of f16',
        'MBU',
        'ms in matrices',
        'of f16',
      ],
      shapes.flatMap(({ name, byWeights }) =>
        byWeights.map(({ weights, flop, bytes, tokensPerSecond, mbu, matrixMs }) => [
          name,
          weights,
          digits(flop / 1e6),
          digits(bytes / 1e6),
          times(bytes, byWeights[0]?.bytes),
          spreadText(tokensPerSecond, 1),
          times(tokensPerSecond.median, byWeights[0]?.tokensPerSecond.median),
          percent(mbu),
          matrixMs === null ? unknown : digits(matrixMs),
          times(matrixMs ?? NaN, byWeights[0]?.matrixMs ?? undefined),
        ]),
      ),
    ),
    '## Training retaining heads',
    table(
      ['shape', 'd_R', 'tokens', 'ms of the forward pass', 'ms of the step', 'ratio'],
      shapes.map(({ name, shape, training }) => [
        name,
        shape.retainingWidth,
        `${training.contextTokens} + ${training.replyTokens}`,
        spreadText(training.forwardMs, 1),
        spreadText(training.stepMs, 1),
        spreadText(training.ratio, 1),
      ]),
    ),
    '## Merging, counted',
    table(
      [
        'shape',
        'policy',
        'merged slots',
        'multiply-adds per token',
        'of the model’s',
        'compressor',
      ],
      shapes.flatMap((shape) =>
        countMerging(shape).map(({ policy, merged, perToken, modelPerToken, bytes }) => [
          shape.name,
          policy,
          `${merged} of ${shape.settings.budget}`,
          `${digits(perToken / 1e6)} M`,
          times(perToken, modelPerToken),
          megabytes(bytes),
        ]),
      ),
    ),
    '## Memory',
    table(
      ['shape', 'weights', 'cache', 'scratch', 'loaded', 'while reading', 'after answering'],
      shapes.map(({ name, gpuBytes: bytes }) => [
        name,
        megabytes(bytes.weights),
        megabytes(bytes.cache),
        megabytes(bytes.scratch),
        bytes.loaded,
        [...new Set(bytes.whileReading)].join(' – '),
        bytes.afterAnswering,
      ]),
    ),
    '## Goals',
    table(
      ['goal', 'shape', 'reached', 'met'],
      shapes.flatMap((shape) =>
        goalsOf(shape).map(({ goal, reached, met }) => [
          goal,
          shape.name,
          reached,
          met === null ? '–' : met ? 'yes' : 'NO',
        ]),
      ),
    ),
    ...shapes.flatMap(({ name, reading, answering }) => [
      `## Where the time goes: ${name}`,
      stepsTable('one chunk', reading.steps),
      stepsTable('one token', answering.steps),
    ]),
  ]
}

function stepsTable(unit: string, steps: readonly StepRecord[] | null): string {
  if (steps === null) return `${unit}: no timestamps`
  const all = steps.reduce((total, { ms }) => total + ms, 0)
  return table(
    [`${unit}: ${digits(all)} ms`, 'ms', 'share', 'MFLOP', 'MB', 'MFU', 'MBU'],
    steps.map(({ step, ms, share, flop, bytes, mfu, mbu }) => [
      step,
      digits(ms),
      percent(share),
      digits(flop / 1e6),
      digits(bytes / 1e6),
      percent(mfu),
      percent(mbu),
    ]),
  )
}

function windowText(window: ChunkWindow | null): string {
  return window ? `${spreadText(window.ms, 1)} from chunk ${window.firstChunk}` : unknown
}

function megabytes(bytes: number): string {
  return `${digits(bytes / 1e6)} MB`
}
