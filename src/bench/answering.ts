// Answering speed with the cache filled to several degrees, the WebGPU calls of a decode step, and its time by kernel.
import { headsOf, type Cache } from '../forward/cache.ts'
import { decode, type Sampling } from '../reading/decode.ts'
import type { Engine } from '../forward/engine.ts'
import { attained, perUnit, stepRecords } from './attained.ts'
import { countCalls } from './calls.ts'
import { measureFewTokens } from './few_tokens.ts'
import type { Amounts } from './efforts.ts'
import type { RandomEngine } from './random_model.ts'
import type { AnsweringRecord, CallsRecord, Ceilings, FillingRecord } from './record.ts'
import { partsOfGateUp, tokenBytes, tokenWork, totalWork, type Step } from './roofline.ts'
import { repeat, spreadOf } from './statistics.ts'

const fillings = [0.25, 0.5, 1] // of the slots that the document left in use
const questionLength = 16

/** Decode steps whose calls are counted. */
const countedSteps = 8

/** Leaves the cache unchanged. */
export async function measureAnswering(
  random: RandomEngine,
  amounts: Amounts,
  ceilings: Ceilings,
): Promise<AnsweringRecord> {
  const { engine } = random
  const { cache, plan } = engine
  const full = occupiedSlots(cache)
  const measured: FillingRecord[] = []
  for (const filling of fillings) {
    const slots = Math.max(1, Math.floor(filling * full))
    measured.push(await measureFilling(engine, slots, amounts, ceilings))
  }

  const step = await callsPerStep(engine)
  const times = await stepTimes(random, amounts)
  const visible = full + Math.ceil(amounts.answer / 2)
  const works = tokenWork(plan, visible, partsOfGateUp(engine.weights))
  return {
    fillings: measured,
    bytesByCache: tokenBytes(plan, full),
    fewTokens: await measureFewTokens(engine, amounts.repetitions),
    step,
    steps: times && stepRecords(times, works, ceilings),
    dispatchFloorMs:
      ceilings.dispatchMicroseconds &&
      (step.dispatches * ceilings.dispatchMicroseconds.median) / 1000,
  }
}

/** With `slots` slots in use in every layer, whatever their contents. */
export async function measureFilling(
  engine: Engine,
  slots: number,
  { answer, repetitions }: Pick<Amounts, 'answer' | 'repetitions'>,
  ceilings: Ceilings,
): Promise<FillingRecord> {
  for (const head of headsOf(engine.cache)) head.occupied = slots
  await answerMs(engine, questionLength, 2)
  const runs = await repeat(repetitions, () => answerMs(engine, questionLength, answer))
  const tokensPerSecond = spreadOf(runs.map((ms) => (1000 * (answer - 1)) / ms))
  const visible = slots + questionLength + Math.ceil(answer / 2)
  const work = totalWork(tokenWork(engine.plan, visible))
  const { mbu } = attained(work, 1000 / tokensPerSecond.median, ceilings)
  return { slots, tokensPerSecond, mbu }
}

/** Milliseconds of one decode step, by kernel; null without timestamps. */
export async function stepTimes(
  { engine, clock }: RandomEngine,
  { answer }: Pick<Amounts, 'answer'>,
): Promise<ReadonlyMap<Step, number> | null> {
  // with a question of one token the first step is like the others
  const times = await clock.time(async () => {
    await answerMs(engine, 1, answer)
  })
  return times ? perUnit(times, answer) : null
}

/** Under an even allocation: slots in use in any KV head. */
function occupiedSlots(cache: Cache): number {
  return Math.max(...headsOf(cache).map(({ occupied }) => occupied))
}

const greedy: Sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 }

/** Milliseconds from the first id to the last. */
export async function answerMs(engine: Engine, question: number, tokens: number): Promise<number> {
  const ids = Uint32Array.from({ length: question }, (_, i) => i % engine.plan.model.vocabulary)
  const options = { maxTokens: tokens, sampling: greedy, signal: undefined }
  const arrived: number[] = []
  const answer = decode(engine, ids, options)
  while (!(await answer.next()).done) arrived.push(performance.now())
  return (arrived.at(-1) ?? NaN) - (arrived[0] ?? NaN)
}

async function callsPerStep(engine: Engine): Promise<CallsRecord> {
  const calls = await whileAnswering(engine, countedSteps, async (answer) => {
    const stop = countCalls(engine.gpu.device)
    await answer()
    return stop()
  })
  return {
    submits: calls.submits / countedSteps,
    dispatches: calls.dispatches / countedSteps,
    buffersCreated: calls.buffersCreated / countedSteps,
    bytesReadBack: calls.bytesReadBack / countedSteps,
  }
}

/** Measures decode steps well within an answer, where between the arrivals of two ids one step is sent for each id. */
export async function whileAnswering<Measured>(
  engine: Engine,
  steps: number,
  measure: (answer: () => Promise<void>) => Promise<Measured>,
): Promise<Measured> {
  const options = { maxTokens: steps + 8, sampling: greedy, signal: undefined }
  const answer = decode(engine, Uint32Array.of(1), options)
  await answer.next()
  await answer.next()
  const measured = await measure(async () => {
    for (let step = 0; step < steps; step++) await answer.next()
  })
  await answer.return()
  return measured
}
