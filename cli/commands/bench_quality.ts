// npm run bench:quality: every policy on the same prompts at the same budgets, in headless Chromium or in Node. Each
// sample is appended to results.jsonl at once. Samples already there are not run again.
import { root } from '../build/paths.ts'
import { relative } from 'node:path'
import type { RunRecord, SampleRecord } from '../../src/quality/record.ts'
import { command, UsageError } from '../shell/command.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { builtInModel } from '../models/built_in.ts'
import { isHubName } from '../models/hub_model.ts'
import { barPrinter } from '../quality/bar.ts'
import { hostWorker } from '../quality/worker_host.ts'
import { addResults, goingOn, readResults, readRun, writeReport } from '../quality/folder.ts'
import { inReach, type Reached } from '../quality/hub.ts'
import { contextOf } from '../quality/model.ts'
import { parseQuality, type QualityOptions } from '../quality/options.ts'
import { budgetsFor, planPasses, type Pass } from '../quality/plan.ts'
import { comparedWith, notesOn, policiesToRun } from '../quality/policies.ts'
import { makePrompts } from '../quality/prompts.ts'
import { runPasses } from '../quality/run.ts'
import { noteOnSharing, runShares, sharesOf } from '../quality/workers.ts'
import { withRealModel } from '../models/real_model.ts'
import { isUrl } from '../shell/files.ts'

await command('bench:quality', async () => {
  const options = parseQuality(process.argv.slice(2), builtInModel)
  const model = await withRealModel(options.model)
  await inReach({ ...options, model }, (reached) => measure(options, reached))
})

/** @param asked for the report: the options with the model as the user named it */
async function measure(asked: QualityOptions, { options, hash }: Reached): Promise<void> {
  const { out } = options
  const records = await readResults(out)
  if (options.reportOnly && records.length === 0) {
    throw new UsageError(
      `--report: --out ${relative(process.cwd(), out)} holds no results; leave --report out to have some`,
    )
  }
  const prompts = await makePrompts(options)
  if (prompts.length === 0) throw new UsageError('there is no task; name some in --tasks or --data')
  const policies = await policiesToRun(options)
  const against = comparedWith(options.against, [
    ...policies.map(({ label }) => label),
    ...records.map(({ policy }) => policy),
  ])
  const context = await contextOf(options.model)
  const longest = Math.max(...prompts.map(({ length }) => length))
  const notes = [
    ...notesOn(policies, budgetsFor(options, prompts), longest, context),
    ...noteOnSharing(options.workers),
  ]
  for (const note of notes) console.error(note)
  const model = await hash()
  const files = Object.fromEntries(
    policies.flatMap(({ label, filesHash }) =>
      filesHash === undefined ? [] : [[label, filesHash]],
    ),
  )
  const named = `--out ${relative(process.cwd(), out)}`
  const run = goingOn(named, await readRun(out), { ...runRecord(asked, model), files, notes })
  const save = inTurn(async (host: string, added: readonly SampleRecord[]) => {
    await addResults(out, { ...run, host }, added)
    records.push(...added)
  })
  for (let workers = options.workers; !options.reportOnly;) {
    const passes = planPasses(options, policies, prompts, records, model, context)
    if (passes.length === 0) break
    await ensureBuilt('library')
    const shares = sharesOf(passes, workers)
    const bar = barPrinter(process.stderr, count(passes))
    const left = await runShares(
      shares,
      (share, isStopped) =>
        hostWorker(options, share, (worker) => runPasses(worker, share, bar, save, isStopped)),
      (sentence) => {
        bar.clear()
        console.error(sentence)
      },
    ).finally(() => bar.clear())
    if (left === shares.length) break
    workers = left // the stopped workers' documents are planned again
  }
  console.error(
    `${records.length} samples; the report is in ${await writeReport(out, records, run, against)}`,
  )
}

function runRecord(
  options: QualityOptions,
  modelHash: string,
): Omit<RunRecord, 'host' | 'files' | 'notes'> {
  const { model, chunk, cache, positions, seed, haystack, words, turns, answerTokens } = options
  return {
    date: new Date().toISOString(),
    command: `npm run bench:quality -- ${process.argv.slice(2).join(' ')}`,
    model: isUrl(model) || isHubName(model) ? model : relative(root, model),
    modelHash,
    chunk: chunk === undefined ? 'half the budget' : String(chunk),
    cache,
    positions,
    seed,
    haystack: haystack ?? 'made-up prose',
    words: words ?? 'our own lists',
    turns,
    answerTokens,
  }
}

/** Serialises calls of several workers. */
function inTurn<Args extends unknown[]>(
  work: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  let last = Promise.resolve()
  return (...args) => (last = last.then(() => work(...args)))
}

function count(passes: readonly Pass[]): number {
  return passes.reduce((sum, { documents }) => sum + documents.length, 0)
}
