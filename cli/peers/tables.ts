// A comparison as Markdown: a table for each length, what each contestant was, and in whose words it failed.
import { digits, spreadText, unknown } from '../../src/bench/report_values.ts'
import { spreadOf } from '../../src/bench/statistics.ts'
import { table } from '../../src/bench/table.ts'
import type { Cell, ContestantRecord, PeersRecord } from './record.ts'

const none = '–'

export function peersTables(record: PeersRecord): string {
  const { date, host, adapter, model, contestants, cells, threads, answerTokens, limitS } = record
  const lengths = [...new Set(cells.map(({ tokens }) => tokens))]
  const ran = contestants.filter(({ absent }) => absent === undefined)
  const rounds = Math.max(0, ...cells.map(({ round }) => round + 1))
  const megabytes = (model.bytes / 1e6).toFixed(0)
  return [
    `${date.slice(0, 10)}, ${host}. Adapter: ${adapter}. Model: ${model.name}, ${megabytes} MB. Answers of at most ${answerTokens} tokens; ${threads} threads for WebAssembly. Every cell has a browser of its own and at most ${limitS} s, loading included. ${rounds === 1 ? 'One round.' : `${rounds} rounds, in turns: medians, ranges in brackets.`}`,
    table(
      ['contestant', 'version', 'weights'],
      ran.map(({ title, version, onnx }) => [
        title,
        version,
        onnx === undefined ? 'the file' : `ONNX ${onnx}`,
      ]),
    ),
    ...lengths.flatMap((tokens) => {
      const of = cells.filter((cell) => cell.tokens === tokens)
      return [`### ${tokens.toLocaleString('en-US')} tokens`, lengthTable(ran, of, limitS)]
    }),
    ...notes(contestants, cells),
  ]
    .join('\n\n')
    .concat('\n')
}

function lengthTable(
  contestants: readonly ContestantRecord[],
  cells: readonly Cell[],
  limitS: number,
): string {
  const ours = cells.filter(({ contestant }) => contestant === contestants[0]?.name)
  return table(
    [
      'contestant',
      'tokens read',
      'tokens/s',
      'of ours',
      'ms per token',
      'of ours',
      'tab, MB',
      'GPU process, MB',
      'GPU buffers, MB',
      'same answer',
    ],
    contestants.map(({ name, title }) => {
      const own = cells.filter(({ contestant }) => contestant === name)
      const column = (value: (cell: Cell) => number | undefined) => [
        spreadOrEnd(own, value, limitS),
        name === contestants[0]?.name ? none : ratioText(own, ours, value),
      ]
      const most = (bytes: (cell: Cell) => number | null | undefined) => {
        const known = own.map(bytes).filter((one) => typeof one === 'number')
        return known.length === 0 ? none : digits(Math.max(...known) / 1e6)
      }
      return [
        title,
        own.find(({ promptTokens }) => promptTokens !== undefined)?.promptTokens ?? none,
        ...column(readPerSecond),
        ...column(msPerToken),
        most(({ tabBytes }) => tabBytes),
        most(({ gpuProcessBytes }) => gpuProcessBytes),
        most(({ gpuBytes }) => gpuBytes),
        name === contestants[0]?.name ? none : sameAnswer(own, ours),
      ]
    }),
  )
}

function readPerSecond({ promptTokens, prefillMs }: Cell): number | undefined {
  if (promptTokens === undefined || prefillMs === undefined) return undefined
  return (1000 * promptTokens) / prefillMs
}

/** After the first. */
function msPerToken({ answerTokens = 0, answerMs }: Cell): number | undefined {
  return answerTokens < 2 || answerMs === undefined ? undefined : answerMs / (answerTokens - 1)
}

function spreadOrEnd(
  cells: readonly Cell[],
  value: (cell: Cell) => number | undefined,
  limitS: number,
): string {
  const values = cells.map(value).filter((one) => one !== undefined)
  if (values.length > 0) {
    const spread = spreadOf(values)
    return spread.samples === 1 ? digits(spread.median) : spreadText(spread, 1)
  }
  if (cells.some(({ ended }) => ended === 'failed')) return 'failed'
  return cells.some(({ ended }) => ended === 'late') ? `not within ${limitS} s` : unknown
}

/** Of pairs from the same round. */
function ratioText(
  own: readonly Cell[],
  ours: readonly Cell[],
  value: (cell: Cell) => number | undefined,
): string {
  const ratios = own.flatMap((cell) => {
    const pair = ours.find(({ round }) => round === cell.round)
    const [theirs, our] = [value(cell), pair && value(pair)]
    return theirs === undefined || our === undefined ? [] : [theirs / our]
  })
  return ratios.length === 0 ? none : `${digits(spreadOf(ratios).median)} ×`
}

function sameAnswer(own: readonly Cell[], ours: readonly Cell[]): string {
  const [theirs, our] = [own, ours].map((cells) => cells.find(({ text }) => text)?.text?.trim())
  if (theirs === undefined || our === undefined) return none
  return theirs === our ? 'yes' : 'no'
}

/** Who was not run, and each error once. */
function notes(
  contestants: readonly ContestantRecord[],
  cells: readonly Cell[],
): readonly string[] {
  const titleOf = (name: string) => contestants.find((one) => one.name === name)?.title ?? name
  const absent = contestants.flatMap(({ title, version, absent }) =>
    absent === undefined ? [] : [`- ${title} ${version} was not run: it ${absent}.`],
  )
  const failed = cells.flatMap(({ contestant, tokens, error }) =>
    error === undefined
      ? []
      : [
          `- ${titleOf(contestant)} at ${tokens.toLocaleString('en-US')} tokens: \`${error.replaceAll('`', '’')}\``,
        ],
  )
  const lines = [...absent, ...new Set(failed)]
  return lines.length === 0 ? [] : [lines.join('\n')]
}
