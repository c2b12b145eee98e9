// Budgets per KV head compared with even ones, as Markdown.
import type { ByHeadRecord, SideBySide, StepBeside } from './record.ts'
import { digits, spreadText, unknown } from './report_values.ts'
import { table } from './table.ts'

/** The highest allowed time of budgets per KV head, relative to even ones. */
const most = 1.03

export function byHeadSections(records: readonly ByHeadRecord[]): string[] {
  if (records.length === 0) return []
  return [
    '## Budgets of each head’s own, beside even ones',
    table(
      [
        'shape',
        'mean budget',
        'largest',
        'chunk',
        'what',
        'even, ms',
        'by head, ms',
        'ratio',
        `≤ ${most}`,
      ],
      records.flatMap(({ name, settings, budgets, reading, answering }) => {
        const row = (what: string, { evenMs, byHeadMs, ratio }: SideBySide) => [
          name,
          settings.budget,
          Math.max(...budgets.flat()),
          settings.chunk,
          what,
          spreadText(evenMs, 1),
          spreadText(byHeadMs, 1),
          `${(byHeadMs.median / evenMs.median).toFixed(3)}; of pairs ${spreadText(ratio, 1)}`,
          byHeadMs.median / evenMs.median <= most ? 'yes' : 'NO',
        ]
        return [row('a chunk', reading), row('a token', answering)]
      }),
    ),
    'Counted, every budget full: all slots that workgroups go through, and those of the longest workgroup of each dispatch, which is what a GPU waits for that has room for all at once.',
    ...records.map(countedTable),
    ...records.flatMap(({ name, readingSteps, answeringSteps }) => [
      stepsTable(`${name}, one chunk`, readingSteps),
      stepsTable(`${name}, one token`, answeringSteps),
    ]),
  ]
}

function countedTable({ name, counted }: ByHeadRecord): string {
  const sides = ({ even, byHead }: { readonly even: number; readonly byHead: number }) => [
    even.toLocaleString('en-US'),
    byHead.toLocaleString('en-US'),
    (byHead / even).toFixed(3),
  ]
  const kinds = ['workgroups', 'slots', 'longest'] as const
  return table(
    [name, ...kinds.flatMap((kind) => [`${kind}: even`, 'by head', 'ratio'])],
    counted.even.map((even, i) => [
      even.kernel,
      ...kinds.flatMap((kind) =>
        sides({ even: even[kind], byHead: counted.byHead[i]?.[kind] ?? NaN }),
      ),
    ]),
  )
}

function stepsTable(what: string, steps: readonly StepBeside[] | null): string {
  if (steps === null) return `${what}: no timestamps`
  const all = (side: 'evenMs' | 'byHeadMs') => steps.reduce((sum, step) => sum + step[side], 0)
  const row = (step: string, even: number, byHead: number) => [
    step,
    digits(even),
    digits(byHead),
    even === 0 ? unknown : (byHead / even).toFixed(3),
  ]
  return table(
    [what, 'even, ms', 'by head, ms', 'ratio'],
    [
      ...steps.map(({ step, evenMs, byHeadMs }) => row(step, evenMs, byHeadMs)),
      row('together', all('evenMs'), all('byHeadMs')),
    ],
  )
}
