// The record of a comparison: plain data, written as JSON, from which the tables are made.
import { UsageError } from '../shell/command.ts'

export interface PeersRecord {
  /** ISO 8601 */
  readonly date: string
  /** browser and machine */
  readonly host: string
  /** e.g. `google swiftshader`; with `shader-f16` where it has that */
  readonly adapter: string
  readonly model: { readonly name: string; readonly bytes: number }
  /** threads of the peers in WebAssembly */
  readonly threads: number
  /** tokens of each answer, at most */
  readonly answerTokens: number
  /** seconds after which a cell is ended */
  readonly limitS: number
  /** the first is what the others are compared with */
  readonly contestants: readonly ContestantRecord[]
  readonly cells: readonly Cell[]
}

export interface ContestantRecord {
  readonly name: string
  /** for tables */
  readonly title: string
  readonly version: string
  /** storage of the weights made of the model's, where it takes no GGUF */
  readonly onnx?: string
  /** why it was not run */
  readonly absent?: string
}

/** One contestant reads one text and answers, in a browser of its own. */
export interface Cell extends Told {
  readonly contestant: string
  /** asked for */
  readonly tokens: number
  /** from 0; contestants alternate in each */
  readonly round: number
  readonly ended: 'done' | 'late' | 'failed'
  /** the contestant's own words, where it failed */
  readonly error?: string
  /** most bytes of the tab's process in memory; null where this system does not say */
  readonly tabBytes: number | null
  /** the same of the browser's GPU process, which in software holds what a GPU would */
  readonly gpuProcessBytes: number | null
}

/** What a page tells while it works. What is missing was not reached. */
export interface Told {
  /** fetching from this machine, opening, and reading a few tokens first */
  readonly loadMs?: number
  /** by the contestant's own tokenizer */
  readonly promptTokens?: number
  /** from the text to the first token of the answer */
  readonly prefillMs?: number
  readonly answerTokens?: number
  /** from the first token to the last */
  readonly answerMs?: number
  readonly text?: string
  /** most bytes in GPU buffers at once, where they can be counted */
  readonly gpuBytes?: number
}

/**
 * Comparisons of some contestants or lengths each, as one. What is told of all is the first's.
 * Throws UsageError where there is none.
 */
export function joined(records: readonly PeersRecord[]): PeersRecord {
  const [first] = records
  if (first === undefined) throw new UsageError('there is no comparison to make tables of')
  const all = records.flatMap(({ contestants }) => contestants)
  const names = [...new Set(all.map(({ name }) => name))]
  const contestants = names.flatMap((name) => all.find((one) => one.name === name) ?? [])
  return { ...first, contestants, cells: records.flatMap(({ cells }) => cells) }
}

/** What tables cannot be made without. */
const needed = ['date', 'host', 'adapter', 'model', 'contestants', 'cells']

/** Throws UsageError where the text is no comparison. @param path for messages */
export function recordIn(text: string, path: string): PeersRecord {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    throw new UsageError(`${path} is no JSON; name what npm run bench -- --peers wrote`)
  }
  const missing = needed.find((name) => !(found instanceof Object && name in found))
  if (missing === undefined) return found as PeersRecord
  throw new UsageError(`${path} has no ${missing}; name what npm run bench -- --peers wrote`)
}
