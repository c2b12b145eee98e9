// Calls in random order, at random moments, given up at random: whatever comes, each of them must settle, and reject with a code.
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import type { LongDocument } from '../api/document.ts'
import { LongtabError } from '../api/errors.ts'
import type { Model } from '../api/model.ts'
import { load } from '../index.ts'
import { seeded } from '../random.ts'

/** Milliseconds after its end in which every call of a sequence must have settled. */
const patience = 60_000

const model = randomModel(smallShape, 7)
const source = [...modelFiles(model, 'F32'), headsFile(model, 'F32')]
const words = 'The bell rang twice in the fog. '

/**
 * Loads, reads, asks and closes, without waiting for one call before the next.
 * @returns outcome (`resolved`, or an error's code) → calls
 * Throws where a call stays pending, or rejects without a code or as `internal`.
 */
export async function randomCalls(gpu: GPU, seed: number): Promise<Map<string, number>> {
  const random = seeded(seed)
  const upTo = (most: number) => Math.floor(random() * most)
  const calls: { readonly name: string; readonly settled: Promise<string> }[] = []
  const note = (name: string, call: Promise<unknown>): void => {
    calls.push({ name, settled: call.then(() => 'resolved', codeOf) })
  }
  /** A signal that mostly never fires. */
  const signal = (): AbortSignal => {
    const controller = new AbortController()
    if (random() < 0.3) setTimeout(() => controller.abort(), upTo(60))
    return controller.signal
  }

  const models: Model[] = []
  const documents: LongDocument[] = []
  const files: Blob[] = []
  const opened = async (): Promise<void> => {
    const loading = load(source, { gpu, budget: 48, chunk: 32, tail: 24, signal: signal() })
    note('load', loading)
    const one = await loading.catch(() => undefined)
    if (one) models.push(one)
  }
  await opened()
  for (let steps = 6 + upTo(10); steps > 0; steps--) {
    const [one] = models.slice(-1)
    const [document] = documents.slice(-1)
    const [file] = files.slice(-1)
    const what = upTo(12)
    if (one === undefined || what === 0) await opened()
    else if (what <= 3 || document === undefined) {
      const reading = one.read(what === 1 ? silent() : words.repeat(1 + upTo(12)), {
        signal: what === 1 ? AbortSignal.timeout(upTo(50)) : signal(),
      })
      note('read', reading)
      reading.then(
        (read) => documents.push(read),
        () => undefined,
      )
    } else if (what <= 6) note('ask', asked(document, signal(), upTo(3)))
    else if (what === 7)
      note(
        'likelihood',
        attempt(() => document.likelihood(words)),
      )
    else if (what === 8)
      note(
        'look',
        attempt(() => document.retained()),
      )
    else if (what === 9) {
      const saving = attempt(() => document.save({ signal: signal() }))
      note('save', saving)
      saving.then(
        (saved) => files.push(saved),
        () => undefined,
      )
    } else if (what === 10 && file) {
      const opening = one.open(file, { signal: signal() })
      note('open', opening)
      opening.then(
        (opened) => documents.push(opened),
        () => undefined,
      )
    } else if (random() < 0.4) note('close', one.close())
    else note('memory', one.memory())
    if (random() < 0.6) await new Promise((done) => setTimeout(done, upTo(40)))
  }
  models.forEach((one) => note('close', one.close()))
  return outcomesOf(calls, seed)
}

/** An answer that is read to its end, left after a piece, or not looked at. */
async function asked(document: LongDocument, signal: AbortSignal, how: number): Promise<unknown> {
  const answer = document.ask('What rang?', { maxTokens: 8, signal })
  if (how === 0) for await (const _ of answer) break
  if (how === 1) for await (const _ of answer);
  return answer.summary
}

/** A call that may also throw at once. */
async function attempt<Result>(call: () => Promise<Result>): Promise<Result> {
  return call()
}

function silent(): ReadableStream<string> {
  return new ReadableStream({ start: (controller) => controller.enqueue(words) })
}

function codeOf(error: unknown): string {
  if (error instanceof LongtabError && error.code !== 'internal') return error.code
  throw error
}

async function outcomesOf(
  calls: readonly { readonly name: string; readonly settled: Promise<string> }[],
  seed: number,
): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>()
  const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), patience))
  for (const { name, settled } of calls) {
    const outcome = await Promise.race([settled, late])
    if (outcome === undefined) throw new Error(`sequence ${seed}: ${name} never settled`)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  return outcomes
}
