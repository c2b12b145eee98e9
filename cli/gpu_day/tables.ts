// A GPU day as Markdown, made of what its sections wrote.
import type { BenchRecord } from '../../src/bench/record.ts'
import { digits, percent, spreadText, unknown } from '../../src/bench/report_values.ts'
import { table } from '../../src/bench/table.ts'
import { joined } from '../peers/record.ts'
import { peersTables } from '../peers/tables.ts'
import type { Found } from './found.ts'
import type { CheckpointRecord } from './record.ts'

export function dayTables({ sections, tests, benches, checkpoints, peers }: Found): string {
  return [
    '# A GPU day',
    table(
      ['section', 'state', 'seconds', 'date'],
      sections.map(({ section, state, sentence, seconds, date }) => [
        section,
        sentence ?? state,
        seconds,
        date.slice(0, 16),
      ]),
    ),
    ...(tests === undefined
      ? []
      : [
          '## Kernel tests',
          `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} were skipped.`,
        ]),
    ...(benches.length === 0 ? [] : ['## The whole engine', engineTable(benches)]),
    ...(checkpoints.length === 0 ? [] : ['## Real checkpoints', checkpointTable(checkpoints)]),
    ...(peers.length === 0 ? [] : ['## Beside other engines', peersTables(joined(peers)).trim()]),
  ]
    .join('\n\n')
    .concat('\n')
}

/** The longest document of each shape, and answers over a full budget. Steps are in the bench's own tables. */
function engineTable(benches: readonly BenchRecord[]): string {
  return table(
    [
      'shape',
      'tokens read',
      'tokens/s',
      'of the multiply-add rate',
      'slots',
      'answering, tokens/s',
      'of bandwidth',
      'dispatches a token',
      'late ÷ first full',
      'GPU, MB',
    ],
    benches.flatMap(({ shapes }) =>
      shapes.map(({ name, reading, answering, gpuBytes }) => {
        const read = reading.documents.at(-1)
        const full = answering.fillings.at(-1)
        return [
          name,
          read?.tokens.toLocaleString('en-US') ?? unknown,
          read ? spreadText(read.tokensPerSecond, 1) : unknown,
          percent(reading.mfu),
          full?.slots.toLocaleString('en-US') ?? unknown,
          full ? spreadText(full.tokensPerSecond, 1) : unknown,
          percent(full?.mbu ?? null),
          digits(answering.step.dispatches),
          reading.ratio?.toFixed(3) ?? unknown,
          digits(gpuBytes.whileReading[1] / 1e6),
        ]
      }),
    ),
  )
}

function checkpointTable(checkpoints: readonly CheckpointRecord[]): string {
  return table(
    [
      'model',
      'weights',
      'loading, s',
      'tokens read',
      'tokens/s',
      'first token, ms',
      'answering, tokens/s',
      'GPU, MB',
    ],
    checkpoints.map((one) => [
      one.model,
      one.weights,
      digits(one.loadMs / 1000),
      one.tokensRead.toLocaleString('en-US'),
      digits(one.readTokensPerSecond),
      digits(one.timeToFirstTokenMs),
      digits(one.decodeTokensPerSecond),
      digits(one.gpuBytes.peak / 1e6),
    ]),
  )
}
