// The folder of a quality run. results.jsonl grows with each document, run.json holds what they have in common, and
// summary.json and report.html are made of the two.
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { grouped } from '../../src/quality/grouped.ts'
import type { RunRecord, SampleRecord } from '../../src/quality/record.ts'
import { summarize } from '../../src/quality/summary.ts'
import { UsageError } from '../shell/command.ts'
import { writeJson } from '../shell/json.ts'

/** Fields that must be the same for all samples of a report. */
const decisive = [
  'model',
  'modelHash',
  'chunk',
  'cache',
  'positions',
  'seed',
  'haystack',
  'words',
  'turns',
  'answerTokens',
] as const satisfies readonly (keyof RunRecord)[]

/** Creates the folder if missing. Documents with missing lines, after an interruption, are dropped. */
export async function readResults(out: string): Promise<SampleRecord[]> {
  await mkdir(out, { recursive: true })
  const file = resultsOf(out)
  const text = existsSync(file) ? await readFile(file, 'utf8') : ''
  const lines = text.split('\n').slice(0, -1)
  const records = lines.map((line) => JSON.parse(line) as SampleRecord)
  const documents = grouped(records, ({ key }) => key)
  const whole = records.filter(({ key, of }) => documents.get(key)?.length === of)
  const kept = linesOf(whole)
  if (kept.length < text.length) await writeFile(file, kept)
  return whole
}

export async function addResults(
  out: string,
  run: RunRecord,
  added: readonly SampleRecord[],
): Promise<void> {
  await writeJson(runOf(out), run)
  await appendFile(resultsOf(out), linesOf(added))
}

/** @returns the report's path */
export async function writeReport(
  out: string,
  records: readonly SampleRecord[],
  { files, notes }: Pick<RunRecord, 'files' | 'notes'>,
  against: string | undefined,
): Promise<string> {
  const run = JSON.parse(await readFile(runOf(out), 'utf8')) as RunRecord
  const summary = summarize({ ...run, files, notes }, records, against)
  await writeJson(join(out, 'summary.json'), summary)
  const file = join(out, 'report.html')
  const { report } = await import('../../src/quality/report.ts') // its charts take long to load
  await writeFile(file, await report(summary))
  return relative(process.cwd(), file)
}

type Joining = Pick<RunRecord, (typeof decisive)[number] | 'files' | 'notes'>

/** The run whose results are in the folder, if any. */
export async function readRun(out: string): Promise<RunRecord | undefined> {
  const file = runOf(out)
  if (!existsSync(file)) return undefined
  return JSON.parse(await readFile(file, 'utf8')) as RunRecord
}

/**
 * The run, with the notes and policies' files of an earlier one. Throws UsageError where models, files or settings differ,
 * since one report would compare them.
 * @param named the folder of the earlier run, in the message
 */
export function goingOn<Run extends Joining>(
  named: string,
  before: Partial<Joining> | undefined,
  run: Run,
): Run {
  if (before === undefined) return run
  const { files = {}, notes = [] } = before
  const held = [
    ...decisive.map((name) => [name, before[name], run[name]] as const),
    ...Object.keys(run.files)
      .filter((policy) => policy in files)
      .map((policy) => [`files of ${policy}`, files[policy], run.files[policy]] as const),
  ]
  for (const [name, one, other] of held) {
    if (one === other) continue
    throw new UsageError(
      `${named} holds results with ${name} ${one}, not ${other}; choose another folder`,
    )
  }
  return {
    ...run,
    files: { ...files, ...run.files },
    notes: [...new Set([...notes, ...run.notes])],
  }
}

function resultsOf(out: string): string {
  return join(out, 'results.jsonl')
}

function runOf(out: string): string {
  return join(out, 'run.json')
}

function linesOf(records: readonly SampleRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}
