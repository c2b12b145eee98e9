// Chunked prefill (Locret §3.4, `infer.py`): a chunk runs through the model in blocks, then every KV head
// evicts down to its budget. The last chunk is evicted without stabilizers.
import { badNumbersError, beginNoting, finishNoting, noteRows } from './bad_numbers.ts'
import { requireEmbedded } from './embedded_ids.ts'
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import { requireSound } from '../gpu/device.ts'
import { cutChunks } from './chunks.ts'
import { growBy, type Engine } from '../forward/engine.ts'
import { writeTokens } from '../forward/write_tokens.ts'
import { evict } from './evict.ts'
import { forward } from '../forward/forward.ts'
import type { Pass } from '../forward/layer.ts'
import type { UnitRing } from '../recall/unit_ring.ts'
import { mostPositions } from '../plan/rope_table.ts'

export interface PrefillOptions {
  /** last tokens that are returned instead of read: the uncompressed tail of a plain prompt */
  readonly held: number
  readonly signal: AbortSignal | undefined
  /** takes the units of every block off the GPU */
  readonly units?: UnitRing | undefined
  /** after every block: tokens read so far */
  readonly onBlock: (tokens: number) => unknown
  /** after every chunk and its eviction; the next waits for it */
  readonly onChunk: (tokens: number, isLast: boolean) => unknown
}

/**
 * Reads a prompt of any length into the cache. Throws LongtabError `bad-numbers` after a chunk in which infinities or NaN
 * came up.
 * @param pieces token ids in portions of any length
 * @returns the ids held out
 */
export async function prefill(
  engine: Engine,
  pieces: AsyncIterable<ArrayLike<number>>,
  { held, signal, units, onBlock, onChunk }: PrefillOptions,
): Promise<Uint32Array> {
  const { chunk, burst, policy } = engine.plan.settings
  const chunks = cutChunks(pieces, chunk, held)
  const afterStep = noteRows(engine)
  beginNoting(engine)
  for (;;) {
    const next = await chunks.next()
    if (next.done) return next.value
    const { ids, isLast } = next.value
    requirePositions(engine, engine.cache.seen + ids.length)
    if (!engine.policy.evicts) growBy(engine, ids.length + engine.plan.settings.tail)
    const onlyKeeps = engine.policy.afterLayers === undefined // which takes the rows that leave the model
    const text = { opens: engine.cache.seen === 0, scored: true, onlyKeeps }
    const watch = { observe: units?.take, afterStep }
    await forwardBlocks(engine, ids, { ...text, ...watch }, signal, async (tokens) => {
      onBlock(engine.cache.seen)
      await units?.sent(tokens)
    })
    evict(engine, (layer, { occupied }, kvHead) => {
      const survivors = engine.plan.budgets[layer]?.[kvHead] ?? occupied
      if (occupied <= survivors + burst) return undefined
      return { pinned: 0, survivors, stabilizers: isLast ? 0 : policy.stabilizers }
    })
    const areBad = await finishNoting(engine)
    requireSound(engine.gpu)
    if (areBad) {
      throw await badNumbersError(engine, async (again) => {
        if (!engine.policy.evicts) growBy(engine, ids.length)
        await forwardBlocks(engine, ids, { ...text, afterStep: again }, signal)
        return undefined
      })
    }
    await onChunk(engine.cache.seen, isLast)
  }
}

/**
 * Runs the ids of a chunk through the model block by block. Throws LongtabError `aborted` between blocks.
 * @param how see Pass
 * @param onBlock once a block is submitted; the next waits for it
 */
export async function forwardBlocks(
  engine: Engine,
  ids: Uint32Array,
  how: Pick<Pass, 'opens' | 'scored' | 'onlyKeeps' | 'observe' | 'afterStep'>,
  signal: AbortSignal | undefined,
  onBlock?: (tokens: number) => Promise<void>,
): Promise<void> {
  const { gpu, plan, recorder, pace } = engine
  for (let first = 0, next = 0; first < ids.length; first = next) {
    throwIfAborted(signal, 'reading')
    requireSound(gpu)
    next = first + pace.nextBlock(ids.length - first, plan)
    const block = Uint32Array.from(ids.subarray(first, next))
    requireEmbedded(block, plan.model.vocabulary)
    await writeTokens(engine, block, signal)
    await forward(engine, {
      count: block.length,
      before: first,
      after: ids.length - first - block.length,
      ...how,
      opens: how.opens && first === 0,
    })
    recorder.submit() // before the next block's ids overwrite these
    await onBlock?.(block.length)
  }
}

function requirePositions({ plan }: Engine, tokens: number): void {
  if (plan.settings.positions === 'original' && tokens > mostPositions) {
    throw new LongtabError(
      'bad-input',
      `positions original reaches ${mostPositions.toLocaleString('en-US')} tokens and this document has more; choose positions slot, which has no end`,
    )
  }
}
