// A worker's passes on its examiner. It opens the model with every policy and budget, has the documents read and the
// questions asked, and scores the answers.
import type { LoadOptions } from '../../src/api/model.ts'
import { keyValueBytes } from '../../src/plan/cache_bytes.ts'
import type { Examination, Opened, Refused } from '../../src/quality/examiner.ts'
import type { SampleRecord } from '../../src/quality/record.ts'
import { fullPolicy } from '../../src/quality/order.ts'
import { RunError } from '../shell/command.ts'
import type { Bar } from './bar.ts'
import type { QualityWorker } from './worker_host.ts'
import type { Pass, PlannedDocument } from './plan.ts'
import { ShortOfMemory } from './workers.ts'

type Save = (host: string, records: readonly SampleRecord[]) => Promise<void>

/**
 * Throws ShortOfMemory and RunError.
 * @param save called with a document's results when it has them all
 * @param isStopped called before each document
 */
export async function runPasses(
  worker: QualityWorker,
  passes: readonly Pass[],
  bar: Bar,
  save: Save,
  isStopped: () => boolean,
): Promise<void> {
  for (const pass of passes) {
    if (isStopped()) return
    const opened = await open(worker, pass)
    for (const document of pass.documents) {
      if (isStopped()) return
      bar.show(`${pass.label} ${budgetText(pass)}, ${document.prompt.task}`)
      const examination = await examine(worker, pass, document)
      const added = recordsOf(pass, document, examination, opened)
      if (!document.isReference) await save(worker.host, added)
      bar.done()
    }
  }
}

function budgetText({ budget }: Pass): string {
  return budget === Infinity ? '' : String(budget)
}

async function open(
  { examiner, model, urlOf }: QualityWorker,
  { label, settings, files: { heads, compressor } }: Pass,
): Promise<Opened> {
  const options: LoadOptions = {
    ...settings,
    ...(heads === undefined ? {} : { heads: urlOf(heads) }),
    ...(compressor === undefined ? {} : { compressor: urlOf(compressor) }),
  }
  return requireResult(label, await examiner.open(model, options))
}

async function examine(
  { examiner }: QualityWorker,
  { label, passages }: Pass,
  { prompt }: PlannedDocument,
): Promise<Examination> {
  const exam = { ...prompt.exam, isFull: label === fullPolicy, ...(passages && { passages }) }
  return requireResult(label, await examiner.examine(exam))
}

/** Throws the engine's message. */
function requireResult<Result extends object>(label: string, result: Result | Refused): Result {
  if (!('code' in result)) return result
  const sentence = `${label}: ${result.message}`
  throw result.code === 'out-of-memory' ? new ShortOfMemory(sentence) : new RunError(sentence)
}

/** A record for every question, or one for a continuation. */
function recordsOf(
  { label, budget }: Pass,
  { key, prompt }: PlannedDocument,
  { tokens, readMs, memory, answers, teacherForced }: Examination,
  { adapter, description, settings }: Opened,
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
    adapter,
    readMs,
    cacheBytes: memory.cache,
    keptBytes: kept * keyValueBytes(description, settings.storage.cache),
    peakBytes: memory.peak,
  }
  if (teacherForced) {
    const { nats, agreement, divergence } = teacherForced
    const answer = { answerMs: teacherForced.ms, answerTokens: teacherForced.tokens }
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
      score: question.metric(text, question.answers),
      ...(question.depth === undefined ? {} : { depth: question.depth }),
      answerMs: ms,
      answerTokens,
    }
  })
}
