// Where a comparison goes: JSON, and the tables as Markdown. Both are written anew after every cell, so that a run that is cut
// off leaves what it had.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeJson } from '../shell/json.ts'
import type { Cell, PeersRecord } from './record.ts'
import { peersTables } from './tables.ts'

/**
 * Says on stderr what the latest cell gave.
 * @returns the path of the JSON
 */
export async function keepComparison(record: PeersRecord, folder: string): Promise<string> {
  const latest = record.cells.at(-1)
  if (latest !== undefined) console.error(lineOf(latest))
  await mkdir(folder, { recursive: true })
  const file = join(folder, `peers-${record.date.slice(0, 19).replaceAll(':', '-')}`)
  await writeJson(`${file}.json`, record)
  await writeFile(`${file}.md`, peersTables(record))
  return `${file}.json`
}

function lineOf(cell: Cell): string {
  const {
    contestant,
    tokens,
    round,
    ended,
    error,
    loadMs,
    prefillMs,
    answerTokens = 0,
    answerMs,
  } = cell
  const seconds = (ms: number | undefined) => (ms === undefined ? '–' : (ms / 1000).toFixed(1))
  return [
    `round ${round + 1}, ${tokens} tokens, ${contestant}: ${ended}`,
    `loaded ${seconds(loadMs)} s, read ${seconds(prefillMs)} s`,
    `${answerTokens} tokens in ${seconds(answerMs)} s`,
    ...(error === undefined ? [] : [error]),
  ].join(', ')
}
