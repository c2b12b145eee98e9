// A worker's passes in its browser's tab: opens the model under every policy and budget, has the documents read and the
// questions asked, and scores the answers.
import type { JSHandle, Page } from 'playwright'
import type { LoadOptions } from '../src/api.ts'
import { keyValueBytes } from '../src/cache/cache.ts'
import type { Examination, Examiner, Opened, Refused } from '../src/quality/examiner.ts'
import type { RunRecord, SampleRecord } from '../src/quality/record.ts'
import { fullPolicy } from '../src/quality/order.ts'
import { metrics } from '../src/tasks/metrics.ts'
import { RunError } from './command.ts'
import { machine } from './machine.ts'
import type { Bar } from './quality_bar.ts'
import type { QualityOptions } from './quality_options.ts'
import type { Pass, PlannedDocument } from './quality_plan.ts'
import { ShortOfMemory } from './quality_workers.ts'
import type { Mounts } from './serve.ts'
import { fileMounts, fileUrl, modelMounts, modelUrl } from './served_model.ts'
import { argsToReach, inTab } from './tab.ts'

const openExaminer = `Promise.all([import('/module/longtab.js'), import('/module/examiner.js')]).then(
  ([{ load }, { createExaminer }]) => createExaminer(load),
)`

/** Where it ran: known once a model is open. */
export type Where = Pick<RunRecord, 'host' | 'adapter'>

type Save = (where: Where, records: readonly SampleRecord[]) => Promise<void>

/**
 * Throws ShortOfMemory and RunError.
 * @param save is given a document's results as soon as it has them all
 * @param isStopped is asked before each document
 */
export async function runPasses(
  { model, adapter }: QualityOptions,
  passes: readonly Pass[],
  bar: Bar,
  save: Save,
  isStopped: () => boolean,
): Promise<void> {
  const given = passes.flatMap(({ files: { heads, compressor } }) => [heads, compressor])
  const files = [...new Set(given.filter((file) => file !== undefined))]
  const fileName = (file: string) => `files/${files.indexOf(file)}`
  const mounted = files.flatMap((file) => Object.entries(fileMounts(fileName(file), file)))
  const mounts: Mounts = { ...modelMounts(model), ...Object.fromEntries(mounted) }
  const browserArgs = argsToReach(model, ...files)
  await inTab({ title: 'bench:quality', adapter, mounts, browserArgs }, async (page, site) => {
    const examiner = await page.evaluateHandle<Examiner>(openExaminer)
    const urlOf = (file: string) => fileUrl(fileName(file), file, site)
    for (const pass of passes) {
      if (isStopped()) return
      const opened = await open(page, examiner, pass, modelUrl(model, site), urlOf)
      const where = { host: hostOf(page), adapter: opened.adapter }
      for (const document of pass.documents) {
        if (isStopped()) return
        bar.show(`${pass.label} ${budgetText(pass)}, ${document.prompt.task}`)
        const examination = await examine(page, examiner, pass, document)
        const added = recordsOf(pass, document, examination, opened)
        if (!document.isReference) await save(where, added)
        bar.done()
      }
    }
  })
}

function budgetText({ budget }: Pass): string {
  return budget === Infinity ? '' : String(budget)
}

async function open(
  page: Page,
  examiner: JSHandle<Examiner>,
  { label, settings, files: { heads, compressor } }: Pass,
  source: string,
  urlOf: (file: string) => string,
): Promise<Opened> {
  const options: LoadOptions = {
    ...settings,
    ...(heads === undefined ? {} : { heads: urlOf(heads) }),
    ...(compressor === undefined ? {} : { compressor: urlOf(compressor) }),
  }
  const opened = await page.evaluate(([at, model, wished]) => at.open(model, wished), [
    examiner,
    source,
    options,
  ] as const)
  return unlessRefused(label, opened)
}

async function examine(
  page: Page,
  examiner: JSHandle<Examiner>,
  { label }: Pass,
  { prompt }: PlannedDocument,
): Promise<Examination> {
  const exam = { ...prompt.exam, isFull: label === fullPolicy }
  const examination = await page.evaluate(([at, document]) => at.examine(document), [
    examiner,
    exam,
  ] as const)
  return unlessRefused(label, examination)
}

/** Throws the engine's sentence. */
function unlessRefused<Result extends object>(label: string, result: Result | Refused): Result {
  if (!('code' in result)) return result
  const sentence = `${label}: ${result.message}`
  throw result.code === 'out-of-memory' ? new ShortOfMemory(sentence) : new RunError(sentence)
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
    keptBytes: kept * keyValueBytes(description, settings.cache),
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

function hostOf(page: Page): string {
  return `Chromium ${page.context().browser()?.version() ?? 'of unknown version'}, ${machine()}`
}
