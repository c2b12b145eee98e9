// Reads each document once and asks it what its lines do not hold yet.
import { join } from 'node:path'
import { LongtabError, type ErrorCode } from '../../src/api/errors.ts'
import type { Hashes } from './documents.ts'
import { lineKey, type Answered, type Line, type Run } from './line.ts'
import type { Output } from './output.ts'
import type { Question } from './questions.ts'

/** Reads a document and answers about it. Both throw LongtabError. */
export type Read = (path: string) => Promise<Ask>
export type Ask = (question: Question) => Promise<Answered>

export interface Batch {
  readonly folder: string
  /** paths in the folder */
  readonly documents: readonly string[]
  readonly questions: readonly Question[]
  readonly run: Run
}

/** What of a document is left to ask. */
export interface Work {
  readonly document: string
  /** undefined where the file cannot be read */
  readonly hash: string | undefined
  readonly questions: readonly Question[]
}

/** After these the model answers nothing more, or the command line is what is wrong. */
const ending: readonly ErrorCode[] = [
  'bad-setting',
  'device-lost',
  'gpu-error',
  'worker-failed',
  'closed',
]

/** Documents with questions that no kept line answers. */
export function workOf(
  { documents, questions }: Batch,
  hashes: Hashes,
  kept: readonly Line[],
): Work[] {
  const known = new Set(kept.map(lineKey))
  return documents
    .map((document): Work => {
      const hash = hashes.get(document)
      const isKnown = (question: Question) =>
        hash !== undefined && known.has(lineKey({ document, hash, ...question }))
      return { document, hash, questions: questions.filter((question) => !isKnown(question)) }
    })
    .filter(({ questions }) => questions.length > 0)
}

/** What came of one document. */
export interface Done {
  readonly document: string
  readonly answers: number
  readonly failures: number
}

/**
 * Answers one document after the other. Throws LongtabError where nothing more can be answered.
 * @param tell is given what came of a document, and its place from 1
 * @returns how many documents failed, in whole or in part
 */
export async function answerWork(
  batch: Batch,
  work: readonly Work[],
  read: Read,
  add: Output['add'],
  tell: (done: Done, place: number) => void,
): Promise<number> {
  let failed = 0
  for (const [i, one] of work.entries()) {
    const done = await answerDocument(batch, one, read, add)
    if (done.failures > 0) failed++
    tell(done, i + 1)
  }
  return failed
}

/** Writes a line for each question, or one if the document cannot be read. */
async function answerDocument(
  { folder, run }: Batch,
  { document, hash, questions }: Work,
  read: Read,
  add: Output['add'],
): Promise<Done> {
  const about = { document, ...(hash === undefined ? {} : { hash }) }
  const fail = async (error: unknown, question?: Question) => {
    if (!(error instanceof LongtabError) || ending.includes(error.code)) throw error
    const { code, message } = error
    await add({ ...about, ...question, error: { code, message }, ...run })
  }
  if (hash === undefined) {
    await fail(unreadable(document))
    return { document, answers: 0, failures: 1 }
  }
  let ask: Ask
  try {
    ask = await read(join(folder, document))
  } catch (error) {
    await fail(error)
    return { document, answers: 0, failures: 1 }
  }
  let failures = 0
  for (const question of questions) {
    const answered = await ask(question).catch(async (error: unknown) => {
      failures++
      await fail(error, question)
    })
    if (answered) await add({ document, hash, ...question, ...answered, ...run })
  }
  return { document, answers: questions.length - failures, failures }
}

function unreadable(document: string): LongtabError {
  return new LongtabError(
    'bad-input',
    `the file ${document} cannot be opened; check that it is there and may be read`,
  )
}
