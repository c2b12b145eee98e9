// From samples to summaries: a cell for every task, length, policy and budget. Each is compared with the full cache, and
// on request with another policy, on the same samples.
import { mean, meanInterval, pairedDifference, type Interval } from './bootstrap.ts'
import { grouped } from './grouped.ts'
import { fullPolicy, ordered } from './order.ts'
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
  /** this − the compared policy, at the same budget; absent where that one lacks some of the samples */
  readonly versus?: Interval
  /** means by turn, where there is more than one question */
  readonly turns: readonly number[]
  /** means by relative position of the answer, ascending */
  readonly depths: readonly { readonly depth: number; readonly score: number }[]
  readonly nats?: number
  readonly divergence?: number
  /** one for each adapter: the results of a folder may come from several machines */
  readonly speeds: readonly Speed[]
  readonly cacheBytes: number
  readonly keptBytes: number
  readonly peakBytes: number
}

/** Tokens per second. */
export interface Speed {
  readonly adapter: string
  readonly reading: number
  readonly answering: number
}

/** A policy − the compared one, over all samples of a task that both answered at the same budget. */
export interface Duel {
  readonly task: string
  readonly policy: string
  readonly documents: number
  readonly samples: number
  readonly difference: Interval
}

export interface Summary {
  readonly run: RunRecord
  /** the policy that the others are compared with, besides the full cache */
  readonly against: string | undefined
  readonly cells: readonly Cell[]
  readonly duels: readonly Duel[]
}

/** Scores by sample, or by sample and budget. */
type Scores = ReadonlyMap<string, number>

/** @param records in any order */
export function summarize(
  run: RunRecord,
  records: readonly SampleRecord[],
  against: string | undefined,
): Summary {
  const all = ordered(records)
  const of = (policy: string | undefined) => all.filter((at) => at.policy === policy)
  const fullScores = new Map(of(fullPolicy).map((at) => [sampleOf(at), at.score]))
  const rivalScores = new Map(of(against).map((at) => [sampleAndBudgetOf(at), at.score]))
  const groups = grouped(all, ({ task, length, policy, budget }) =>
    JSON.stringify([task, length, policy, policy === fullPolicy ? 0 : budget]),
  )
  const cells = [...groups.values()].map((group) => cellOf(group, fullScores, rivalScores))
  const others = all.filter(({ policy }) => policy !== against && policy !== fullPolicy)
  return { run, against, cells, duels: duelsOf(others, rivalScores) }
}

function duelsOf(others: readonly SampleRecord[], rivalScores: Scores): Duel[] {
  const met = others.filter((at) => rivalScores.has(sampleAndBudgetOf(at)))
  const groups = grouped(met, ({ task, policy }) => JSON.stringify([task, policy]))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const ours = byDocument(group, ({ score }) => score)
    const theirs = byDocument(group, (at) => rivalScores.get(sampleAndBudgetOf(at)) ?? 0)
    const { task, policy } = first
    const difference = pairedDifference(ours, theirs)
    return [{ task, policy, documents: ours.length, samples: group.length, difference }]
  })
}

/** (document, sample): a document read at several budgets counts once, also with its question first. */
function byDocument(
  records: readonly SampleRecord[],
  value: (at: SampleRecord) => number,
): number[][] {
  const documents = grouped(records, ({ task, length, document }) =>
    JSON.stringify([task, length, document]),
  )
  return [...documents.values()].map((samples) => samples.map(value))
}

/** This − others on the same samples; undefined unless the others have them all. */
function versus(
  records: readonly SampleRecord[],
  others: Scores,
  nameOf: (at: SampleRecord) => string,
): Interval | undefined {
  if (!records.every((at) => others.has(nameOf(at)))) return undefined
  const theirs = byDocument(records, (at) => others.get(nameOf(at)) ?? 0)
  return pairedDifference(
    byDocument(records, ({ score }) => score),
    theirs,
  )
}

function cellOf(records: readonly SampleRecord[], fullScores: Scores, rivalScores: Scores): Cell {
  const first = records[0]
  if (!first) throw new Error('a cell needs a sample')
  const { task, length, policy } = first
  const of = (value: (at: SampleRecord) => number | undefined) =>
    records.map(value).filter((found) => found !== undefined)
  const versusFull = versus(records, fullScores, sampleOf)
  const versusRival =
    policy === fullPolicy ? undefined : versus(records, rivalScores, sampleAndBudgetOf)
  const readings = readingsOf(records)
  const tokens = mean(readings.map(({ documentTokens }) => documentTokens))
  const budget = mean(of((at) => at.budget))
  const prose = { nats: of(({ nats }) => nats), divergence: of((at) => at.divergence) }
  return {
    task,
    length,
    policy,
    budget,
    share: Math.min(1, budget / tokens),
    documents: byDocument(records, ({ score }) => score).length,
    samples: records.length,
    score: meanInterval(byDocument(records, ({ score }) => score)),
    ...(versusFull ? { versusFull } : {}),
    ...(versusRival ? { versus: versusRival } : {}),
    turns: byTurn(records),
    depths: byDepth(records),
    ...(prose.nats.length > 0 ? { nats: mean(prose.nats) } : {}),
    ...(prose.divergence.length > 0 ? { divergence: mean(prose.divergence) } : {}),
    speeds: [...grouped(records, ({ adapter }) => adapter)].map(([adapter, own]) => ({
      adapter,
      reading: perSecond(
        readingsOf(own).map(({ documentTokens, readMs }) => [documentTokens, readMs]),
      ),
      answering: perSecond(own.map(({ answerTokens, answerMs }) => [answerTokens, answerMs])),
    })),
    cacheBytes: Math.max(...of((at) => at.cacheBytes)),
    keptBytes: mean(of((at) => at.keptBytes)),
    peakBytes: Math.max(...of((at) => at.peakBytes)),
  }
}

/** One sample of every document read. */
function readingsOf(records: readonly SampleRecord[]): SampleRecord[] {
  return [...grouped(records, ({ key }) => key).values()].flatMap((samples) => samples.slice(0, 1))
}

/** @param spent (tokens, ms) */
function perSecond(spent: readonly (readonly [number, number])[]): number {
  const tokens = spent.reduce((sum, [of]) => sum + of, 0)
  const ms = spent.reduce((sum, [, of]) => sum + of, 0)
  return ms > 0 ? (1000 * tokens) / ms : 0
}

/** Identifies prompt and question, whatever the policy. */
function sampleOf({ prompt, turn }: SampleRecord): string {
  return `${prompt}/${turn}`
}

/** Identifies prompt, question and budget. */
function sampleAndBudgetOf(at: SampleRecord): string {
  return `${sampleOf(at)}/${at.budget}`
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
