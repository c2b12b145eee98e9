// Decoding, step by step. The sampled id stays on the GPU, where the next step's embedding reads it. A few steps are in
// flight before the first id arrives, so that neither CPU nor GPU waits. Where drafts pay, a step waits for the ids before
// it and checks a draft of the next. All its tokens run at once. Those that the model itself would have chosen are the
// answer's. A model that reads a token's row from its file waits in every step. Each step is one submit, and only ids are
// read back, 4 bytes each, with their log-probabilities where an answer is to tell them.
import { backTo, beginTail, dropNewest, headsOf, inUse, type InUse } from '../forward/cache.ts'
import { throwIfAborted, type LongtabError } from '../api/errors.ts'
import { requireSound } from '../gpu/device.ts'
import type { DraftPace } from '../forward/draft_pace.ts'
import { growBy, type Engine } from '../forward/engine.ts'
import { noToken } from '../kernels/no_token.ts'
import { badNumbersError } from './bad_numbers.ts'
import type { Constraint } from './constraint.ts'
import { createDrafter } from './drafter.ts'
import { openDrafting, type Drafting } from './drafting.ts'
import { evict } from './evict.ts'
import type { LogProbs } from './log_probs.ts'
import { forwardFew, forwardToken, projectLogits } from '../forward/forward.ts'
import type { Later } from '../forward/kernel_set.ts'
import type { Pass } from '../forward/layer.ts'
import { writeTokens } from '../forward/write_tokens.ts'
import type { Matvecs } from '../forward/matrix_kernels.ts'
import { stepsInFlight } from '../plan/words_read_back.ts'
import { padded } from '../model/matrix.ts'
import { forwardBlocks } from './prefill.ts'

/** How the next token is sampled. */
export interface Sampling {
  /** 0: the most likely token */
  readonly temperature: number
  /** 0: no limit */
  readonly topK: number
  /** 1: no limit */
  readonly topP: number
  readonly seed: number
}

export interface DecodeOptions {
  readonly maxTokens: number
  readonly sampling: Sampling
  readonly signal: AbortSignal | undefined
  /** ids that the answer may repeat, beside the tail's, asked for where drafts are made; undefined: none are made */
  readonly repeats?: (() => Promise<ArrayLike<number>>) | undefined
  /** holds the answer to a form; undefined for a free answer */
  readonly constraint?: Constraint | undefined
  /** told of every token before its id; undefined where nobody asks */
  readonly logProbs?: LogProbs | undefined
}

/**
 * Appends the tail (the question) and yields answer ids until the caller stops or `maxTokens` is reached. The document's
 * slots are never touched: when the others are full, only question and answer are evicted. Restores the cache to its
 * state before the call. The ids are the same with drafts and without. Throws LongtabError `bad-numbers` where the logits
 * name no token.
 */
export async function* decode(
  engine: Engine,
  tail: Uint32Array,
  options: DecodeOptions,
): AsyncGenerator<number, void> {
  const { maxTokens, sampling, signal, constraint, logProbs } = options
  const { recorder, answerIds, tokenRows } = engine
  const before = beginTail(engine.cache)
  // the most tokens there can be, without the last, which needs no slot
  const scored = mayEvict(engine, tail.length + maxTokens - 1)
  /** what each step under way checks, the oldest first */
  const underWay: (readonly number[])[] = []
  let received = 0
  const ids: number[] = []
  try {
    const chooseTokens = await chooserOf(engine, sampling)
    const choose = (draft: readonly number[]): void => {
      const step = received + underWay.length
      constraint?.mask()
      chooseTokens(step, draft.length + 1)
      logProbs?.record(step)
      sendIds(engine, step, draft.length + 1)
      underWay.push(draft)
    }
    const lastRow = await appendTail(engine, tail, scored, signal)
    projectLogits(engine, lastRow)
    choose([])
    const drafts = await draftsOf(engine, tail, options, scored) // while the GPU works
    const spared = sparedTail(engine, before)
    const send = (draft: readonly number[], few: Matvecs | undefined): void => {
      makeRoom(engine, 1 + draft.length, spared)
      if (few && draft.length > 0) forwardFew(engine, 1 + draft.length, few)
      else forwardToken(engine, scored)
      choose(draft)
    }
    let readAt: number | undefined // when ids of a step that ran ahead came
    let isBad = false
    while (ids.length < maxTokens && !isBad) {
      const few = drafts?.pace.waits() ? drafts.few.now() : undefined
      const waits = few !== undefined || tokenRows !== undefined
      const waited = few !== undefined && underWay.length === 0
      const sentAt = performance.now()
      if (underWay.length === 0) {
        const draft = (few && drafts?.next(maxTokens - ids.length - 1)) || []
        await writeTokens(engine, Uint32Array.of(...ids.slice(-1), ...draft), signal)
        send(draft, few)
      }
      const most = waits || constraint ? 1 : Math.min(stepsInFlight, maxTokens - ids.length)
      while (underWay.length < most) send([], undefined)
      const draft = underWay[0] ?? []
      const words = await answerIds.read(received, draft.length + 1 + (logProbs?.words ?? 0))
      const chosen = words.subarray(0, draft.length + 1)
      logProbs?.take(words.subarray(draft.length + 1))
      underWay.shift()
      received++
      requireSound(engine.gpu)
      throwIfAborted(signal, 'answering')
      const now = performance.now()
      if (waited) drafts?.pace.waited(now - sentAt)
      if (!waits && readAt !== undefined) drafts?.pace.ranAhead(now - readAt)
      readAt = waits ? undefined : now
      const accepted = acceptedOf(draft, chosen)
      dropNewest(engine.cache, draft.length - accepted)
      for (const id of chosen.subarray(0, accepted + 1)) {
        isBad = id === noToken
        if (isBad) break
        ids.push(id)
        constraint?.take(id)
        drafts?.take(id)
        yield id
      }
    }
  } finally {
    recorder.submit()
    if (!engine.gpu.isLost()) {
      for (const draft of underWay) await answerIds.read(received++, draft.length + 1)
    }
    backTo(engine.cache, before)
  }
  if (ids.length < maxTokens) throw await errorAfter(engine, tail, ids, scored, signal)
}

interface Drafts extends Drafting {
  readonly pace: DraftPace
  /** the kernels that check a draft */
  readonly few: Later<Matvecs>
}

/**
 * Only a greedy answer whose steps evict nothing is drafted, since units of refused drafts are dropped again. None is that tells
 * log-probabilities, which are found of one token a step.
 */
async function draftsOf(
  { plan, kernels, policy, draftPace: pace }: Engine,
  tail: Uint32Array,
  { repeats, sampling, constraint, logProbs }: DecodeOptions,
  scored: boolean,
): Promise<Drafts | undefined> {
  const few = kernels.fewMatvecs
  if (!repeats || !pace || !few || constraint || logProbs) return undefined
  if (sampling.temperature !== 0 || (scored && policy.evicts)) return undefined
  const drafter = createDrafter([await repeats(), tail], plan.model.vocabulary)
  return { ...openDrafting(drafter, pace), pace, few }
}

/** How many ids of a draft are those that the model chose. */
function acceptedOf(draft: readonly number[], chosen: Uint32Array): number {
  const refused = draft.findIndex((id, row) => id !== chosen[row])
  return refused === -1 ? draft.length : refused
}

/** The error for an answer whose next token the logits do not name, once the cache is as it was before. */
function errorAfter(
  engine: Engine,
  tail: Uint32Array,
  ids: readonly number[],
  scored: boolean,
  signal: AbortSignal | undefined,
): Promise<LongtabError> {
  const before = inUse(engine.cache)
  return badNumbersError(engine, async (afterStep) => {
    const lastRow = await appendTail(engine, tail, scored, signal, { afterStep })
    const spared = sparedTail(engine, before)
    for (const id of ids) {
      makeRoom(engine, 1, spared)
      const how = { opens: false, scored, afterStep }
      await forwardBlocks(engine, Uint32Array.of(id), how, signal)
    }
    return ids.length === 0 ? lastRow : 0
  })
}

/** What is told of a tail while it runs. */
export interface Watch extends Pick<Pass, 'observe' | 'afterStep'> {
  /** called after every block while its rows are on the GPU, with the index in the tail of its first token and its tokens */
  readonly onBlock?: (first: number, count: number) => Promise<void>
}

/**
 * Runs the tail through the model.
 * @param scored see Pass
 * @returns the row of the last token in the last block
 */
export async function appendTail(
  engine: Engine,
  tail: Uint32Array,
  scored: boolean,
  signal: AbortSignal | undefined,
  { onBlock, ...watch }: Watch = {},
): Promise<number> {
  const { block } = engine.plan
  const pinned = engine.cache.layers.map(({ heads }) => heads.map(({ occupied }) => occupied))
  for (let first = 0; first < tail.length; first += block) {
    const rows = tail.subarray(first, first + block)
    makeRoom(engine, rows.length, pinned)
    await forwardBlocks(engine, rows, { opens: first === 0, scored, ...watch }, signal)
    await onBlock?.(first, rows.length)
  }
  return (tail.length - 1) % block
}

/** True if `tokens` more could overflow a KV head. If not, their scores are never read and need not be computed. */
export function mayEvict({ cache }: Engine, tokens: number): boolean {
  return headsOf(cache).some(({ occupied, capacity }) => occupied + tokens > capacity)
}

/**
 * Slots that an answer may not evict: the document's, and the question's unless it takes more than half of the others.
 * @returns (layer, kv head)
 */
function sparedTail({ cache }: Engine, before: InUse): number[][] {
  return cache.layers.map(({ heads }, layer) =>
    heads.map(({ occupied, capacity }, kvHead) => {
      const document = before.heads[layer]?.[kvHead]?.occupied ?? 0
      return occupied - document <= (capacity - document) / 2 ? occupied : document
    }),
  )
}

/**
 * When the slots behind the pinned ones of a KV head are full, frees half of them. The policy chooses; stabilizers are
 * the same part of the survivors as while reading.
 * @param pinned (layer, kv head)
 */
function makeRoom(engine: Engine, tokens: number, pinned: readonly (readonly number[])[]): void {
  const { policy, plan } = engine
  if (!policy.evicts) {
    growBy(engine, tokens)
    return
  }
  const { budget } = plan.settings
  const { stabilizers } = plan.settings.policy
  evict(engine, (layer, { occupied, capacity }, kvHead) => {
    if (occupied + tokens <= capacity) return undefined
    const kept = pinned[layer]?.[kvHead] ?? 0
    const region = capacity - kept
    const survivors = Math.max(1, Math.min(Math.floor(region / 2), region - tokens))
    return { pinned: kept, survivors, stabilizers: Math.floor((survivors * stabilizers) / budget) }
  })
}

/**
 * The kernel that samples the tokens of a step from the logits of its rows. The one that draws takes one row, and is compiled
 * for the first answer that is not greedy.
 */
async function chooserOf(
  engine: Engine,
  sampling: Sampling,
): Promise<(step: number, rows: number) => void> {
  const { recorder, kernels, scratch, plan } = engine
  const { vocabulary } = plan.model
  const buffers = { logits: scratch.logits, ids: scratch.ids }
  if (sampling.temperature === 0) {
    const params = { vocabulary, row_quads: padded(vocabulary) / 4 }
    return (_, rows) => recorder.run(kernels.argmax, params, buffers, [rows])
  }
  const sample = await kernels.sampleToken()
  const params = {
    vocabulary,
    top_k: sampling.topK === 0 ? vocabulary : Math.min(sampling.topK, vocabulary),
    seed: sampling.seed,
    inverse_temperature: 1 / sampling.temperature,
    top_p: sampling.topP,
  }
  return (step) => recorder.run(sample, { ...params, step }, buffers, [1])
}

/** One submit per step: the step's kernels and the copy of its ids. */
function sendIds(engine: Engine, step: number, rows: number): void {
  const { recorder, scratch, answerIds } = engine
  requireSound(engine.gpu)
  recorder.copy(scratch.ids, 0, answerIds.slot(step), 0, 4 * rows)
  recorder.submit()
}
