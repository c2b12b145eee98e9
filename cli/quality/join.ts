// Joins the folders of shards into that of one run.
import type { RunRecord, SampleRecord } from '../../src/quality/record.ts'
import { ordered } from '../../src/quality/order.ts'
import { UsageError } from '../shell/command.ts'
import { addResults, goingOn, readResults, readRun } from './folder.ts'

export interface Joined {
  readonly run: RunRecord
  /** each sample once, in the order of a report */
  readonly records: readonly SampleRecord[]
}

/**
 * Writes to `out` what it lacks of the shards' samples. Throws UsageError where a folder holds none, or those of another run.
 * @param out may hold samples of the same run already
 */
export async function joinFolders(out: string, shards: readonly string[]): Promise<Joined> {
  const kept = await readResults(out)
  let run = await readRun(out)
  let named = `--out ${out}`
  const known = new Map(kept.map((record) => [sampleOf(record), record]))
  for (const shard of shards) {
    const own = await readRun(shard)
    const records = await readResults(shard)
    if (own === undefined || records.length === 0)
      throw new UsageError(`${shard} holds no results; name folders of npm run bench:quality`)
    run = goingOn(named, run, own)
    named = shard
    for (const record of records) {
      const sample = sampleOf(record)
      if (!known.has(sample)) known.set(sample, record)
    }
  }
  if (run === undefined) throw new UsageError('name the folders that are to be joined')
  const records = ordered([...known.values()])
  const before = new Set(kept.map(sampleOf))
  const added = records.filter((record) => !before.has(sampleOf(record)))
  await addResults(out, run, added)
  return { run, records }
}

function sampleOf({ key, turn }: SampleRecord): string {
  return `${key}/${turn}`
}
