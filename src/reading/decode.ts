// Decoding, token by token. The sampled id stays on the GPU, where the next step's embedding reads it. A few steps are in
// flight before the first id arrives, so that neither CPU nor GPU waits. Each step is one submit, and only the 4-byte id
// is read back.
import { backTo, headsOf, inUse, type InUse } from '../forward/cache.ts'
import { throwIfAborted, type LongtabError } from '../api/errors.ts'
import { requireSound } from '../gpu/device.ts'
import { stepsInFlight, growBy, type Engine } from '../forward/engine.ts'
import { noToken } from '../kernels/no_token.ts'
import { badNumbersError } from './bad_numbers.ts'
import { evict } from './evict.ts'
import { forwardToken, projectLogits } from '../forward/forward.ts'
import type { Pass } from '../forward/layer.ts'
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
}

/**
 * Appends the tail (the question) and yields answer ids until the caller stops or `maxTokens` is reached. The document's
 * slots are never touched: when the others are full, only question and answer are evicted. Restores the cache to its
 * state before the call. Throws LongtabError `bad-numbers` where the logits name no token.
 */
export async function* decode(
  engine: Engine,
  tail: Uint32Array,
  { maxTokens, sampling, signal }: DecodeOptions,
): AsyncGenerator<number, void> {
  const { recorder, answerIds } = engine
  const before = inUse(engine.cache)
  // the most tokens there can be, without the last, which needs no slot
  const scored = mayEvict(engine, tail.length + maxTokens - 1)
  let sent = 0
  let received = 0
  const ids: number[] = []
  try {
    const chooseToken = await chooserOf(engine, sampling)
    const lastRow = await appendTail(engine, tail, scored, signal)
    projectLogits(engine, lastRow)
    chooseToken(sent)
    sendId(engine, sent++)
    const spared = sparedTail(engine, before)
    while (received < maxTokens) {
      while (sent < maxTokens && sent - received < stepsInFlight) {
        makeRoom(engine, 1, spared)
        forwardToken(engine, scored)
        chooseToken(sent)
        sendId(engine, sent++)
      }
      const id = await answerIds.read(received)
      received++
      requireSound(engine.gpu)
      throwIfAborted(signal, 'answering')
      if (id === noToken) break
      ids.push(id)
      yield id
    }
  } finally {
    recorder.submit()
    if (!engine.gpu.isLost()) while (received < sent) await answerIds.read(received++)
    backTo(engine.cache, before)
  }
  if (ids.length < maxTokens) throw await errorAfter(engine, tail, ids, scored, signal)
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
 * The kernel that samples a step's token from the logits. The one that draws is compiled for the first answer that is not
 * greedy.
 */
async function chooserOf(engine: Engine, sampling: Sampling): Promise<(step: number) => void> {
  const { recorder, kernels, scratch, plan } = engine
  const { vocabulary } = plan.model
  const buffers = { logits: scratch.logits, ids: scratch.ids }
  if (sampling.temperature === 0) {
    return () => recorder.run(kernels.argmax, { vocabulary }, buffers, [1])
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

/** One submit per step: the step's kernels and the copy of its id. */
function sendId(engine: Engine, step: number): void {
  const { recorder, scratch, answerIds } = engine
  requireSound(engine.gpu)
  recorder.copy(scratch.ids, 0, answerIds.slot(step), 0, 4)
  recorder.submit()
}
