// npm run batch: reads every document of a folder once and asks each the same questions. Lines go to a file, progress to stderr.
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright'
import { LongtabError } from '../../src/api/errors.ts'
import type { Progress } from '../../src/api/progress.ts'
import { documentsOf, hashesOf } from '../batch/documents.ts'
import { createDocuments } from '../batch/in_tab.ts'
import { parseBatch, type BatchCommand } from '../batch/options.ts'
import { openOutput, type Output } from '../batch/output.ts'
import { doneLine } from '../batch/progress.ts'
import { parseQuestions } from '../batch/questions.ts'
import { answerWork, workOf, type Batch, type Done, type Work } from '../batch/run.ts'
import { unlessRefused } from '../browser/refusal.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { inModelTab } from '../models/model_tab.ts'
import { builtInModel } from '../models/built_in.ts'
import { withRealModel } from '../models/real_model.ts'
import { command, RunError } from '../shell/command.ts'
import { progressPrinter } from '../shell/progress.ts'
import { dealt } from '../shell/shard.ts'
import { asTyped } from '../shell/typed.ts'

const progress = progressPrinter(process.stderr)

await command('batch', async () => {
  const options = parseBatch(process.argv.slice(2), builtInModel)
  const { folder, out, run, shard } = options
  const questions = parseQuestions(options.questions, await readFile(options.questions, 'utf8'))
  const documents = dealt(await documentsOf(folder), shard)
  const hashes = await hashesOf(folder, documents)
  const output = await openOutput(out, run, hashes)
  try {
    const batch = { folder, documents, questions, run }
    const work = workOf(batch, hashes, output.kept)
    const known = documents.length - work.length
    if (!options.json) say(`${documents.length} documents, ${known} of them answered already`)
    if (work.length > 0) await answer(options, batch, work, output)
  } finally {
    await output.close()
  }
})

/** Throws RunError at the end if a document or question failed. */
async function answer(
  parsed: BatchCommand,
  batch: Batch,
  work: readonly Work[],
  output: Output,
): Promise<void> {
  const options = { ...parsed, model: await withRealModel(parsed.model) }
  await ensureBuilt('library')
  const documents = createDocuments()
  const failed = await inModelTab(
    'batch',
    options.adapter,
    options,
    documents.mounts,
    async (page, located) => {
      await page.exposeFunction('onProgress', (at: Progress) => progress.show(at))
      await page.exposeFunction('onNote', say)
      const all = async () => {
        const read = await documents.reader(page, located)
        const tell = (done: Done, place: number) =>
          say(doneLine(done, place, work.length, options.json))
        return answerWork(batch, work, read, (line) => output.add(line), tell)
      }
      return Promise.race([all().catch(told), endOf(page)])
    },
  )
  if (failed > 0)
    throw new RunError(
      `${failed} of ${work.length} documents failed, and their lines say why; the same command tries them again`,
    )
}

/** Throws an error of the engine as one of the command line. */
function told(error: unknown): never {
  if (error instanceof LongtabError) unlessRefused(error)
  throw error
}

/** Rejects when the tab answers no more; otherwise never. */
async function endOf(page: Page): Promise<never> {
  await new Promise<void>((resolve) => page.once('crash', () => resolve()))
  throw new RunError(
    'the tab ended by itself, perhaps for lack of memory; the same command goes on from there',
  )
}

/** A line on stderr. */
function say(line: string): void {
  progress.clear()
  process.stderr.write(`${asTyped(line)}\n`)
}
