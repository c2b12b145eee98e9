// What a GPU day left in its folder, as the records that its sections wrote.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BenchRecord } from '../../src/bench/record.ts'
import { countReal, type Counts } from '../gpu_tests/counts.ts'
import { recordIn, type PeersRecord } from '../peers/record.ts'
import type { CheckpointRecord, SectionRecord } from './record.ts'
import type { Section } from './sections.ts'

export interface Found {
  readonly sections: readonly SectionRecord[]
  readonly tests?: Counts
  /** the newest of each shape */
  readonly benches: readonly BenchRecord[]
  readonly checkpoints: readonly CheckpointRecord[]
  /** the newest of each section */
  readonly peers: readonly PeersRecord[]
}

/** @param sections in the order of their tables */
export async function foundIn(out: string, sections: readonly Section[]): Promise<Found> {
  const records: SectionRecord[] = []
  const benches: BenchRecord[] = []
  const peers: PeersRecord[] = []
  for (const { name } of sections) {
    records.push(...(await jsonAt<SectionRecord>(join(out, `${name}.json`))))
    const shape = /^shape-(.*)$/.exec(name)?.[1]
    if (shape !== undefined) benches.push(...(await newestIn<BenchRecord>(join(out, shape))))
    if (!name.startsWith('peers')) continue
    for (const path of (await pathsIn(join(out, name))).slice(-1)) {
      peers.push(recordIn(await readFile(path, 'utf8'), path))
    }
  }
  const tests = await readFile(join(out, 'kernel-tests.json'), 'utf8').catch(() => undefined)
  const checkpoints = await pathsIn(join(out, 'checkpoints'))
  return {
    sections: records,
    ...(tests !== undefined && { tests: countReal(tests) }),
    benches,
    checkpoints: (await Promise.all(checkpoints.map(jsonAt<CheckpointRecord>))).flat(),
    peers,
  }
}

async function newestIn<Record>(folder: string): Promise<readonly Record[]> {
  const [path] = (await pathsIn(folder)).slice(-1)
  return path === undefined ? [] : jsonAt<Record>(path)
}

/** JSON files, the oldest first where dates name them. */
async function pathsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name))
}

/** None where there is no such file. */
async function jsonAt<Record>(path: string): Promise<readonly Record[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? [] : [JSON.parse(text) as Record]
}
