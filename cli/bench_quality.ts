// npm run bench:quality: every policy on the same prompts at the same budgets, in headless Chromium. A line for every
// sample goes to results.jsonl as soon as it is known; what stands there already is not run again.
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { JSHandle, Page } from 'playwright'
import type { LoadOptions } from '../src/api.ts'
import { bytesPerToken } from '../src/page/growing_cache.ts'
import type { Examination, Examiner, Opened } from '../src/quality/examiner.ts'
import type { RunRecord, SampleRecord } from '../src/quality/record.ts'
import { report } from '../src/quality/report.ts'
import { summarize } from '../src/quality/summary.ts'
import { metrics } from '../src/tasks/metrics.ts'
import type { Refusal } from './ask_page.ts'
import { openTab } from './browser.ts'
import { command, RunError, UsageError } from './command.ts'
import { dist, ensureBuilt, root } from './fresh.ts'
import { machine } from './machine.ts'
import { help, parseQuality, type QualityOptions } from './quality_options.ts'
import { planPasses, policiesToRun, type Pass, type PlannedDocument } from './quality_plan.ts'
import { barPrinter } from './quality_bar.ts'
import { hashOf, makePrompts, modelFile } from './quality_prompts.ts'
import { blankPage, serve } from './serve.ts'
import { isUrl } from './values.ts'

const defaultModel = join(root, 'public/models/default')

const openExaminer = `Promise.all([import('/module/longtab.js'), import('/module/examiner.js')]).then(
  ([{ load }, { createExaminer }]) => createExaminer(load),
)`

/** What the samples of one report must have in common. */
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

await command('bench:quality', async () => {
  const options = parseQuality(process.argv.slice(2), defaultModel)
  if (options === 'help') {
    console.log(help)
    return
  }
  await mkdir(options.out, { recursive: true })
  const results = join(options.out, 'results.jsonl')
  const runFile = join(options.out, 'run.json')
  const records = await readResults(results)
  const prompts = await makePrompts(options)
  if (prompts.length === 0) throw new UsageError('there is no task; name some in --tasks or --data')
  const policies = policiesToRun(options, await hasHeads(options))
  const model = await modelHash(options.model)
  const run = runRecord(options, model)
  await requireSameRun(options.out, run)
  const passes = planPasses(options, policies, prompts, records, model)
  if (passes.length > 0) {
    await ensureBuilt('library')
    await runPasses(options, passes, async (where, added) => {
      await writeFile(runFile, `${JSON.stringify({ ...run, ...where }, null, 2)}\n`)
      await appendFile(results, added.map((record) => `${JSON.stringify(record)}\n`).join(''))
      records.push(...added)
    })
  }
  const summary = summarize(JSON.parse(await readFile(runFile, 'utf8')) as RunRecord, records)
  await writeFile(join(options.out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
  await writeFile(join(options.out, 'report.html'), await report(summary))
  const where = relative(process.cwd(), join(options.out, 'report.html'))
  console.error(`${records.length} samples; the report is in ${where}`)
})

/** Documents whose lines were cut short by an interruption are dropped, and run again. */
async function readResults(file: string): Promise<SampleRecord[]> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : ''
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  const records = lines.map((line) => JSON.parse(line) as SampleRecord)
  const counts = new Map<string, number>()
  for (const { key } of records) counts.set(key, (counts.get(key) ?? 0) + 1)
  const whole = records.filter(({ key, of }) => counts.get(key) === of)
  const kept = whole.map((record) => `${JSON.stringify(record)}\n`).join('')
  if (kept.length < text.length) await writeFile(file, kept)
  return whole
}

/** Samples of different models or settings in one report would be compared. Throws UsageError. */
async function requireSameRun(out: string, run: Omit<RunRecord, keyof Where>): Promise<void> {
  const file = join(out, 'run.json')
  if (!existsSync(file)) return
  const before = JSON.parse(await readFile(file, 'utf8')) as RunRecord
  for (const name of decisive) {
    if (before[name] === run[name]) continue
    throw new UsageError(
      `--out ${relative(process.cwd(), out)} holds results with ${name} ${before[name]}, not ${run[name]}; choose another folder`,
    )
  }
}

type Where = Pick<RunRecord, 'host' | 'adapter'>
type Save = (where: Where, records: readonly SampleRecord[]) => Promise<void>

async function runPasses(
  options: QualityOptions,
  passes: readonly Pass[],
  save: Save,
): Promise<void> {
  const site = await serve({
    '/blank': blankPage('bench:quality'),
    '/module/': join(dist, 'module'),
    ...(isUrl(options.model) ? {} : { '/model/': options.model }),
    ...(options.heads === undefined || isUrl(options.heads) ? {} : { '/heads': options.heads }),
  })
  try {
    const extraArgs = isUrl(options.model) ? ['--disable-web-security'] : []
    const tab = await openTab(`${site.url}blank`, options.adapter, extraArgs)
    const bar = barPrinter(process.stderr, count(passes))
    try {
      const examiner = await tab.page.evaluateHandle<Examiner>(openExaminer)
      for (const pass of passes) {
        const opened = await open(tab.page, examiner, pass, options, site.url)
        const where = { host: hostOf(tab.page), adapter: opened.adapter }
        for (const document of pass.documents) {
          bar.show(`${pass.label} ${budgetText(pass)}, ${document.prompt.task}`)
          const examination = await examine(tab.page, examiner, pass, document)
          const added = recordsOf(pass, document, examination, opened)
          if (!document.isReference) await save(where, added)
          bar.done()
        }
      }
    } finally {
      bar.clear()
      await tab.close()
    }
  } finally {
    await site.close()
  }
}

function count(passes: readonly Pass[]): number {
  return passes.reduce((sum, { documents }) => sum + documents.length, 0)
}

function budgetText({ budget }: Pass): string {
  return budget === Infinity ? '' : String(budget)
}

/** Throws RunError with the engine's sentence. */
async function open(
  page: Page,
  examiner: JSHandle<Examiner>,
  { label, settings }: Pass,
  { model, heads }: QualityOptions,
  site: string,
): Promise<Opened> {
  const source = isUrl(model) ? model.replace(/\/*$/, '/') : `${site}model/`
  const headsUrl = heads === undefined || isUrl(heads) ? heads : `${site}heads`
  const options: LoadOptions = {
    ...settings,
    ...(headsUrl === undefined ? {} : { heads: headsUrl }),
  }
  const opened = await page.evaluate(openInPage, [examiner, source, options] as const)
  if ('code' in opened) throw new RunError(`${label}: ${opened.message}`)
  return opened
}

/** Runs in the page. */
async function openInPage([examiner, source, options]: readonly [
  Examiner,
  string,
  LoadOptions,
]): Promise<Opened | Refusal> {
  try {
    return await examiner.open(source, options)
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}

async function examine(
  page: Page,
  examiner: JSHandle<Examiner>,
  { budget }: Pass,
  { prompt }: PlannedDocument,
): Promise<Examination> {
  const exam = { ...prompt.exam, isFull: budget === Infinity }
  return page.evaluate(([at, document]) => at.examine(document), [examiner, exam] as const)
}

/** A line for every question; one for a text that was foreseen. */
function recordsOf(
  { label, budget }: Pass,
  { key, prompt }: PlannedDocument,
  { tokens, readMs, memory, answers, foresight }: Examination,
  { description, settings }: Opened,
): SampleRecord[] {
  const kept = Math.min(budget, tokens)
  const document = {
    key,
    task: prompt.task,
    length: prompt.length,
    document: prompt.document,
    of: Math.max(1, prompt.questions.length),
    policy: label,
    budget: kept,
    prompt: prompt.exam.prompt,
    documentTokens: tokens,
    readMs,
    cacheBytes: memory.cache,
    keptBytes: kept * bytesPerToken(description, settings.cache),
    peakBytes: memory.peak,
  }
  if (foresight) {
    const { nats, agreement, divergence } = foresight
    const answer = { answerMs: foresight.ms, answerTokens: foresight.tokens }
    const said = { turn: 0, prediction: '', answers: [] }
    return [{ ...document, ...said, ...answer, score: agreement, nats, divergence }]
  }
  return prompt.questions.map((question, turn) => {
    const { text = '', tokens: answerTokens = 0, ms = 0 } = answers[turn] ?? {}
    return {
      ...document,
      turn,
      prediction: text,
      answers: question.answers,
      score: metrics[question.metric](text, question.answers),
      ...(question.depth === undefined ? {} : { depth: question.depth }),
      answerMs: ms,
      answerTokens,
    }
  })
}

function runRecord(options: QualityOptions, modelHash: string): Omit<RunRecord, keyof Where> {
  const { chunk, cache, positions, seed, haystack, words, turns, answerTokens } = options
  return {
    date: new Date().toISOString(),
    command: `npm run bench:quality -- ${process.argv.slice(2).join(' ')}`,
    model: isUrl(options.model) ? options.model : relative(root, options.model),
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

function hostOf(page: Page): string {
  return `Chromium ${page.context().browser()?.version() ?? 'of unknown version'}, ${machine()}`
}

async function hasHeads({ model, heads }: QualityOptions): Promise<boolean> {
  if (heads !== undefined) return true
  if (!isUrl(model)) return existsSync(join(model, 'heads.safetensors'))
  const url = `${model.replace(/\/*$/, '/')}heads.safetensors`
  return (await fetch(url, { method: 'HEAD' })).ok
}

/** Of a folder: configuration, tokenizer and weights; of a URL, its configuration and tokenizer. */
async function modelHash(model: string): Promise<string> {
  const names = ['config.json', 'tokenizer.json', ...(isUrl(model) ? [] : ['model.safetensors'])]
  const files = await Promise.all(names.map((name) => modelFile(model, name)))
  return hashOf(...files.map((file) => file ?? ''))
}
