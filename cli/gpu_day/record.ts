// The record of a section, and the choice of the next section to run.
import type { Memory } from '../../src/api/progress.ts'
import type { Settings } from '../../src/api/settings.ts'
import type { Section } from './sections.ts'

export type State = 'done' | 'failed' | 'out of time' | 'skipped'

/** NAME.json of the day's folder. */
export interface SectionRecord {
  readonly section: string
  readonly state: State
  /** why it was skipped or failed */
  readonly sentence?: string
  readonly command: readonly string[]
  readonly seconds: number
  readonly limitS: number
  readonly date: string
  /** the end of what it printed */
  readonly printed: string
}

/** MODEL-WEIGHTS.json of the section `checkpoints`. */
export interface CheckpointRecord {
  /** the file's name */
  readonly model: string
  readonly weights: string
  readonly machine: string
  readonly adapter: string
  readonly settings: Settings
  readonly loadMs: number
  readonly tokensRead: number
  readonly readTokensPerSecond: number
  readonly timeToFirstTokenMs: number
  readonly answerTokens: number
  readonly decodeTokensPerSecond: number
  readonly gpuBytes: Memory
}

/** Seconds below which no section gets a result. */
export const leastS = 20

export interface Turn {
  readonly section: Section
  readonly limitS: number
}

/**
 * The next section to run, and its time limit. Finished sections are not run again. A section that does not fit into the
 * remaining time waits for the next run, unless nothing has been run yet.
 * @param states of the sections with a record
 * @param triedNow names of the sections that this run has tried
 */
export function nextTurn(
  sections: readonly Section[],
  states: ReadonlyMap<string, State>,
  triedNow: ReadonlySet<string>,
  leftS: number,
): Turn | undefined {
  const open = sections.filter(({ name }) => states.get(name) !== 'done' && !triedNow.has(name))
  const section = open.find(({ limitS }) => limitS <= leftS)
  if (section !== undefined) return { section, limitS: section.limitS }
  const [first] = open
  const fresh = triedNow.size === 0 && leftS >= leastS
  return first !== undefined && fresh ? { section: first, limitS: leftS } : undefined
}
