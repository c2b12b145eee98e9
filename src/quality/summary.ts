// From samples to what is said about them: a cell for every task, length, policy and budget, each compared with the full
// cache on the same samples.
import { mean, meanInterval, pairedDifference, type Interval } from './bootstrap.ts'
import { grouped } from './grouped.ts'
import type { RunRecord, SampleRecord } from './record.ts'

export interface Cell {
  readonly task: string
  readonly length: number
  readonly policy: string
  readonly budget: number
  /** of the documents' tokens; 1 for `full` */
  readonly share: number
  readonly documents: number
  readonly samples: number
  readonly score: Interval
  /** this − full on the same samples; absent where full was not run on all of them */
  readonly versusFull?: Interval
  /** means by turn, where there is more than one question */
  readonly turns: readonly number[]
  /** means by where the answer stands, ascending */
  readonly depths: readonly { readonly depth: number; readonly score: number }[]
  readonly nats?: number
  readonly divergence?: number
  readonly readTokensPerSecond: number
  readonly answerTokensPerSecond: number
  readonly cacheBytes: number
  readonly keptBytes: number
  readonly peakBytes: number
}

/** Locret − another policy, over all samples of a task that both answered at the same budget. */
export interface Duel {
  readonly task: string
  readonly rival: string
  readonly samples: number
  readonly difference: Interval
}

export interface Summary {
  readonly run: RunRecord
  readonly cells: readonly Cell[]
  readonly duels: readonly Duel[]
}

export const fullPolicy = 'full'
const champion = 'locret'

export function summarize(run: RunRecord, records: readonly SampleRecord[]): Summary {
  const groups = grouped(records, ({ task, length, policy, budget }) =>
    JSON.stringify([task, length, policy, policy === fullPolicy ? 0 : budget]),
  )
  const fullScores = new Map(
    records.filter(({ policy }) => policy === fullPolicy).map((at) => [sampleOf(at), at.score]),
  )
  const cells = [...groups.values()].map((group) => cellOf(group, fullScores))
  return { run, cells, duels: duelsOf(records) }
}

function duelsOf(records: readonly SampleRecord[]): Duel[] {
  const placeOf = (at: SampleRecord) => `${sampleOf(at)}/${at.budget}`
  const own = records.filter(({ policy }) => policy === champion)
  const scores = new Map(own.map((at) => [placeOf(at), at.score]))
  const rivals = records.filter(
    (at) => ![champion, fullPolicy].includes(at.policy) && scores.has(placeOf(at)),
  )
  const groups = grouped(rivals, ({ task, policy }) => JSON.stringify([task, policy]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const ours = group.map((at) => scores.get(placeOf(at)) ?? 0)
    const theirs = group.map(({ score }) => score)
    return [
      {
        task: first.task,
        rival: first.policy,
        samples: group.length,
        difference: pairedDifference(ours, theirs),
      },
    ]
  })
}

function cellOf(records: readonly SampleRecord[], fullScores: ReadonlyMap<string, number>): Cell {
  const first = records[0]
  if (!first) throw new Error('a cell needs a sample')
  const { task, length, policy } = first
  const of = (value: (at: SampleRecord) => number | undefined) =>
    records.map(value).filter((found) => found !== undefined)
  const scores = of(({ score }) => score)
  const full = of((at) => fullScores.get(sampleOf(at)))
  const documents = [...grouped(records, ({ key }) => key).values()].map(([at]) => at ?? first)
  const perSecond = (tokens: number, ms: number) => (ms > 0 ? (1000 * tokens) / ms : 0)
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const tokens = mean(documents.map(({ documentTokens }) => documentTokens))
  const budget = mean(of((at) => at.budget))
  const prose = { nats: of(({ nats }) => nats), divergence: of((at) => at.divergence) }
  return {
    task,
    length,
    policy,
    budget,
    share: Math.min(1, budget / tokens),
    documents: documents.length,
    samples: records.length,
    score: meanInterval(scores),
    ...(full.length === scores.length ? { versusFull: pairedDifference(scores, full) } : {}),
    turns: byTurn(records),
    depths: byDepth(records),
    ...(prose.nats.length > 0 ? { nats: mean(prose.nats) } : {}),
    ...(prose.divergence.length > 0 ? { divergence: mean(prose.divergence) } : {}),
    readTokensPerSecond: perSecond(
      sum(documents.map(({ documentTokens }) => documentTokens)),
      sum(documents.map(({ readMs }) => readMs)),
    ),
    answerTokensPerSecond: perSecond(
      sum(of((at) => at.answerTokens)),
      sum(of((at) => at.answerMs)),
    ),
    cacheBytes: Math.max(...of((at) => at.cacheBytes)),
    keptBytes: mean(of((at) => at.keptBytes)),
    peakBytes: Math.max(...of((at) => at.peakBytes)),
  }
}

/** The same prompt and question, whatever the policy. */
function sampleOf({ prompt, turn }: SampleRecord): string {
  return `${prompt}/${turn}`
}

function byTurn(records: readonly SampleRecord[]): number[] {
  const turns = grouped(records, ({ turn }) => turn)
  if (turns.size < 2) return []
  return [...turns].sort(([a], [b]) => a - b).map(([, at]) => mean(at.map(({ score }) => score)))
}

function byDepth(records: readonly SampleRecord[]): Cell['depths'] {
  const placed = records.filter(({ depth }) => depth !== undefined)
  const bins = grouped(placed, ({ depth = 0 }) => Math.round(depth * 20) / 20)
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([depth, at]) => ({ depth, score: mean(at.map(({ score }) => score)) }))
}
