// Counted steps as Markdown.
import type { CountedSteps, ShapeSteps } from './counted_steps.ts'
import { digits } from './report_values.ts'
import { table } from './table.ts'
import { totalWork } from './roofline.ts'

const introduction = [
  '# What a chunk and a token ask of the GPU',
  'Counted by `npm run steps`, without a GPU: dispatches as the engine makes them; FLOP and bytes as the steps need them at least ([roofline.ts](../../src/bench/roofline.ts)). Models are of random weights in the shapes of real ones, read by `locret`. How long the steps take on an H200 stands in [results](results.md#speed).',
]

/** @param shapes by the name of the model's shape */
export function reportSteps(shapes: ReadonlyMap<string, ShapeSteps>): string {
  const sections = [...shapes].flatMap(
    ([name, { weights, tokens, slots, blocks, chunk, token }]) => [
      `## ${name}, weights in ${weights}`,
      `A chunk of ${thousands(tokens)} tokens in ${counted(blocks.length, 'block')}, after which every KV head evicts: ${callsText(chunk)}.`,
      stepTable(chunk),
      `A token at ${thousands(slots)} slots: ${callsText(token)}.`,
      stepTable(token),
    ],
  )
  return `${[...introduction, ...sections].join('\n\n')}\n`
}

function callsText({ calls }: CountedSteps): string {
  const { dispatches, submits, buffersCreated, bytesReadBack } = calls
  return [
    counted(dispatches, 'dispatch', 'dispatches'),
    counted(submits, 'submit'),
    counted(buffersCreated, 'buffer created', 'buffers created'),
    `${counted(bytesReadBack, 'byte')} read back`,
  ].join(', ')
}

/** The largest first, by the time that a GPU of ten FLOP to a byte would take. */
function stepTable({ steps, works }: CountedSteps): string {
  const all = totalWork(works)
  const row = (name: string, count: number, { flop, bytes }: typeof all) => [
    name,
    count,
    digits(flop / 1e6),
    digits(bytes / 1e6),
    digits(flop / bytes),
  ]
  const cost = ({ flop, bytes }: typeof all) => Math.max(flop / 10, bytes)
  const rows = [...works]
    .sort(([, a], [, b]) => cost(b) - cost(a))
    .map(([step, work]) => row(step, steps.get(step) ?? 0, work))
  const dispatches = [...steps.values()].reduce((sum, count) => sum + count, 0)
  return table(
    ['step', 'dispatches', 'MFLOP', 'MB', 'FLOP a byte'],
    [...rows, row('all', dispatches, all)],
  )
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : several}`
}

function thousands(count: number): string {
  return count.toLocaleString('en-US')
}
