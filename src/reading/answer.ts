// Token ids to text: detokenizes as they are sampled, until an end token, a stop text or the limit.
import type { AnswerOptions, AnswerSummary } from '../api/answer.ts'
import { LongtabError } from '../api/errors.ts'
import { readBuffer } from '../gpu/readback.ts'
import { Detokenizer } from '../text/detokenizer.ts'
import { StopStrings } from '../text/stops.ts'
import { ThinkingParts, type Kind, type Part } from '../text/thinking.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { decode, type Sampling } from './decode.ts'
import type { Engine } from '../forward/engine.ts'
import { document, type Grounds } from './recall.ts'

const defaultMaxTokens = 512

/** Options of an answer and of its text. */
export interface Written extends AnswerOptions {
  /** any of them ends it */
  readonly endIds: readonly number[]
  /** so do these, where the model writes them letter by letter */
  readonly endTexts?: readonly string[]
  /** whether the prompt ends inside a thought; undefined where thoughts are not separated from the answer */
  readonly beginsThinking?: boolean
}

/** What is known of an answer without looking at the document's text. */
export type Streamed = Omit<AnswerSummary, 'reread' | 'sources' | 'doubtful'>

/**
 * @param tail the tokens between document and answer
 * @param onPart called with every piece of text that is final
 */
export async function streamAnswer(
  engine: Engine,
  tokenizer: Tokenizer,
  tail: Uint32Array,
  options: Written,
  onPart: (part: Part) => void,
  grounds: Grounds = document,
): Promise<Streamed> {
  const { maxTokens = defaultMaxTokens, stop = [], signal, keepFirstLogits, endIds } = options
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    throw new LongtabError(
      'bad-setting',
      `max tokens must be a whole number of at least 1, not ${maxTokens}`,
    )
  }
  const sampling = samplingOf(options)
  const detokenizer = new Detokenizer(tokenizer, options.showSpecial ? 'shown' : 'hidden')
  const { endTexts = [] } = options
  const stops = new StopStrings([...stop, ...endTexts])
  const endedBy = (found: string) => (stop.includes(found) ? 'stop' : 'end')
  const { beginsThinking } = options
  const thinking = beginsThinking === undefined ? undefined : new ThinkingParts(beginsThinking)
  const parts = (text: string): Part[] => thinking?.push(text) ?? [{ kind: 'answer', text }]
  let room = Infinity
  let appended = tail.length
  const ids: number[] = []
  const written: Record<Kind, string> = { answer: '', thinking: '' }
  let finish: AnswerSummary['finish'] = 'length'
  let firstLogits: Float32Array | undefined
  let started = performance.now()
  let firstAt = started
  let odds: number | undefined
  const give = ({ kind, text }: Part) => {
    const certain = kind === 'answer' ? stops.push(text) : text
    written[kind] += certain
    if (certain !== '') onPart({ kind, text: certain })
  }

  const write = async (): Promise<void> => {
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
    for await (const id of decode(engine, before, { maxTokens, sampling, signal })) {
      if (ids.length === 0) firstAt = performance.now()
      if (endIds.includes(id)) {
        finish = 'end'
        break
      }
      ids.push(id)
      parts(detokenizer.push(id)).forEach(give)
      if (stops.found !== undefined) {
        finish = endedBy(stops.found)
        break
      }
    }
  }
  const flush = (): void => {
    parts(detokenizer.flush()).forEach(give)
    thinking?.flush().forEach(give)
    const rest = stops.flush()
    written.answer += rest
    if (rest !== '') onPart({ kind: 'answer', text: rest })
    if (stops.found !== undefined) finish = endedBy(stops.found)
  }

  let decodeSeconds = 0
  try {
    try {
      await write()
    } catch (error) {
      if (!isAborted(error)) throw error
      finish = 'aborted'
    }
    flush()
    decodeSeconds = (performance.now() - firstAt) / 1000
    if (finish !== 'aborted') odds = await grounds.check?.(written.answer, signal)
  } catch (error) {
    if (!isAborted(error)) throw error // an answer that was there before its check was stopped stays as it is
  } finally {
    grounds.end()
  }
  return {
    text: written.answer,
    thinking: written.thinking,
    overflow: Math.max(0, appended + ids.length - room),
    ids,
    finish,
    timeToFirstTokenMs: firstAt - started,
    decodeTokensPerSecond: ids.length > 1 ? (ids.length - 1) / decodeSeconds : 0,
    ...(odds === undefined ? {} : { odds }),
    ...(firstLogits ? { firstLogits } : {}),
  }
}

function isAborted(error: unknown): boolean {
  return error instanceof LongtabError && error.code === 'aborted'
}

/** Free slots behind the document; unlimited where the cache grows. */
function roomBehind({ cache, policy }: Engine): number {
  if (!policy.evicts) return Infinity
  return Math.min(
    ...cache.layers.flatMap(({ heads }) =>
      heads.map(({ capacity, occupied }) => capacity - occupied),
    ),
  )
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
