// Streams an answer: token by token until an end token, a stop text or the limit, and then its check.
import type { AnswerOptions, AnswerSummary, ChosenToken } from '../api/answer.ts'
import { LongtabError } from '../api/errors.ts'
import { readBuffer } from '../gpu/readback.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { openAnswerText, type TextOptions } from './answer_text.ts'
import type { Constraint } from './constraint.ts'
import { decode, type Sampling } from './decode.ts'
import type { Engine } from '../forward/engine.ts'
import { openLogProbs } from './log_probs.ts'
import type { Told } from './protocol.ts'
import { document, type Grounds } from './recall.ts'
import { defaultMaxTokens, requireMaxTokens, roomBehind } from './room_behind.ts'

/** Options of an answer and of its text. */
export interface Written extends Omit<AnswerOptions, 'json' | 'onToken'>, TextOptions {
  /** any of them ends it */
  readonly endIds: readonly number[]
  /** opens what holds the answer to a form; undefined for a free answer */
  readonly constrain?: (() => Promise<Constraint>) | undefined
}

/** What is known of an answer without looking at the document's text. */
export type Streamed = Omit<AnswerSummary, 'remembered' | 'reread' | 'sources' | 'doubtful'>

/**
 * @param tail the tokens between document and answer
 * @param onPart called with every piece of text that is final, and with tokens where they are asked for
 */
export async function streamAnswer(
  engine: Engine,
  tokenizer: Tokenizer,
  tail: Uint32Array,
  options: Written,
  onPart: (part: Told) => void,
  grounds: Grounds = document,
): Promise<Streamed> {
  const { maxTokens = defaultMaxTokens, signal, keepFirstLogits, endIds, constrain } = options
  requireMaxTokens(maxTokens)
  const sampling = samplingOf(options)
  const { logProbs: likeliest } = options
  const logProbs =
    likeliest === undefined ? undefined : await openLogProbs(engine, tokenizer, likeliest)
  const tokens: ChosenToken[] = []
  const text = openAnswerText(tokenizer, options, onPart)
  const { written } = text
  let room = Infinity
  let appended = tail.length
  const ids: number[] = []
  let finish: AnswerSummary['finish'] = 'length'
  let firstLogits: Float32Array | undefined
  let started = performance.now()
  let firstAt = started
  let endedAt = started
  let odds: number | undefined
  let constraint: Constraint | undefined

  const write = async (): Promise<void> => {
    constraint = await constrain?.()
    const before = await grounds.begin(tail, signal)
    room = roomBehind(engine)
    appended = before.length
    // the next step overwrites the first step's logits, so keeping them takes the steps one by one
    if (keepFirstLogits) {
      for await (const _ of decode(engine, before, { maxTokens: 1, sampling, signal })) {
        const { vocabulary } = engine.plan.model
        const bytes = await readBuffer(engine.gpu.device, engine.scratch.logits, 0, 4 * vocabulary)
        firstLogits = new Float32Array(bytes)
      }
      started = performance.now()
    }
    for await (const id of decode(engine, before, {
      maxTokens,
      sampling,
      signal,
      repeats: grounds.repeats,
      constraint,
      logProbs,
    })) {
      if (ids.length === 0) firstAt = performance.now()
      if (endIds.includes(id)) {
        finish = 'end'
        break
      }
      ids.push(id)
      if (logProbs) {
        const token = logProbs.latest()
        tokens.push(token)
        onPart({ kind: 'token', token })
      }
      text.push(id)
      if (text.endedBy() !== undefined) break
      if (constraint?.isOver()) {
        finish = 'end'
        break
      }
    }
  }
  const check = async (): Promise<void> => {
    odds = await grounds.check?.(written.answer, signal)
  }

  try {
    if (await isAborted(write)) finish = 'aborted'
    text.flush()
    finish = text.endedBy() ?? finish
    endedAt = performance.now()
    // an answer that was there before its check was stopped stays as it is
    if (finish !== 'aborted' && written.answer.trim() !== '') await isAborted(check)
  } finally {
    grounds.end()
    constraint?.end()
  }
  return {
    text: written.answer,
    thinking: written.thinking,
    questionTokens: tail.length,
    overflow: Math.max(0, appended + ids.length - room),
    ids,
    finish,
    timeToFirstTokenMs: firstAt - started,
    decodeTokensPerSecond: ids.length > 1 ? (1000 * (ids.length - 1)) / (endedAt - firstAt) : 0,
    ...(odds === undefined ? {} : { odds }),
    ...(firstLogits ? { firstLogits } : {}),
    ...(logProbs ? { logProbs: tokens } : {}),
    ...(options.toolNames ? { calls: text.calls } : {}),
  }
}

/** Whether the caller's signal ended the work. */
async function isAborted(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    if (error instanceof LongtabError && error.code === 'aborted') return true
    throw error
  }
}

function samplingOf({ temperature = 0, topK = 0, topP = 1, seed = 0 }: AnswerOptions): Sampling {
  if (temperature !== 0 && !(temperature >= 1e-3 && temperature < Infinity)) {
    throw new LongtabError(
      'bad-setting',
      `temperature must be 0 or at least 0.001, not ${temperature}`,
    )
  }
  if (!(topP > 0 && topP <= 1)) {
    throw new LongtabError('bad-setting', `top-p must be above 0 and at most 1, not ${topP}`)
  }
  if (!Number.isSafeInteger(topK) || topK < 0) {
    throw new LongtabError('bad-setting', `top-k must be a whole number of at least 0, not ${topK}`)
  }
  return { temperature, topK, topP, seed: seed >>> 0 }
}
