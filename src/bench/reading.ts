// Reading speed: whole documents of several lengths, chunk by chunk, and one chunk by kernel.
import { headsOf } from '../forward/cache.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import { prefill } from '../reading/prefill.ts'
import { attained, perUnit, stepRecords } from './attained.ts'
import { countCalls } from './calls.ts'
import { chunkWindows } from './chunk_windows.ts'
import type { Amounts } from './efforts.ts'
import type { RandomEngine } from './random_model.ts'
import type { Ceilings, ReadingRecord } from './record.ts'
import { chunkWork, evictionSteps, meanWork, partsOfGateUp, totalWork } from './roofline.ts'
import { repeat, spreadOf } from './statistics.ts'

/** Times of a read document. */
interface Read {
  readonly ms: number
  /** of every whole chunk */
  readonly chunkMs: readonly number[]
  /** (whole chunk, block): tokens */
  readonly blocks: readonly (readonly number[])[]
}

/**
 * Reads two chunks, so that pipelines, lazily cleared memory and pace are in a steady state.
 * @returns milliseconds of the second
 */
export async function warmUp({ engine }: RandomEngine): Promise<number> {
  clearCache(engine)
  const { chunkMs } = await readMore(engine, 2 * engine.plan.settings.chunk, () => undefined)
  return chunkMs.at(-1) ?? NaN
}

/**
 * Leaves the longest document in the cache, and some chunks after it.
 * @param lengths tokens, ascending
 * @param onChunk called after every chunk, outside of the timed part
 */
export async function measureReading(
  { engine, clock }: RandomEngine,
  lengths: readonly number[],
  { window, profiled, repetitions }: Amounts,
  ceilings: Ceilings,
  onChunk: () => void,
): Promise<ReadingRecord> {
  const { plan, gpu, cache } = engine
  const { budget, chunk } = plan.settings

  const documents: ReadingRecord['documents'][number][] = []
  let reads: Read[] = []
  for (const tokens of lengths) {
    reads = await repeat(repetitions, () => {
      clearCache(engine)
      return readMore(engine, tokens, onChunk)
    })
    const tokensPerSecond = spreadOf(reads.map(({ ms }) => (1000 * tokens) / ms))
    documents.push({ tokens, tokensPerSecond })
  }
  const windows = chunkWindows(
    reads.map(({ chunkMs }) => chunkMs),
    Math.ceil(budget / chunk),
    window,
  )

  while (headsOf(cache).some(({ occupied }) => occupied < budget))
    await readMore(engine, chunk, onChunk)
  const stopCounting = countCalls(gpu.device)
  await readMore(engine, chunk, onChunk)
  const calls = stopCounting()
  let blocks: Read['blocks'] = []
  const times = await clock.time(async () => {
    ;({ blocks } = await readMore(engine, profiled * chunk, onChunk))
  })
  const parts = partsOfGateUp(engine.weights)
  const works = meanWork(blocks.map((rows) => chunkWork(plan, budget, rows, parts)))
  const steps = times ? stepRecords(perUnit(times, profiled), works, ceilings) : null
  return {
    documents,
    ...windows,
    chunk: calls,
    steps,
    evictionShare:
      steps &&
      steps.reduce((sum, { step, share }) => sum + (evictionSteps.includes(step) ? share : 0), 0),
    mfu: windows.later && attained(totalWork(works), windows.later.ms.median, ceilings).mfu,
  }
}

/** Continues reading after the cached tokens. */
export async function readMore(engine: Engine, tokens: number, onChunk: () => void): Promise<Read> {
  const { chunk } = engine.plan.settings
  const chunkMs: number[] = []
  const blocks: number[][] = []
  let ofChunk: number[] = []
  let ended = engine.cache.seen
  let done = ended
  const started = performance.now()
  let last = started
  await prefill(engine, someIds(tokens, chunk, engine.plan.model.vocabulary), {
    held: 0,
    signal: undefined,
    onBlock(seen) {
      ofChunk.push(seen - done)
      done = seen
    },
    onChunk(seen) {
      const now = performance.now()
      if (seen - ended === chunk) {
        chunkMs.push(now - last)
        blocks.push(ofChunk)
      }
      ofChunk = []
      ended = seen
      onChunk()
      last = performance.now()
    },
  })
  return { ms: performance.now() - started, chunkMs, blocks }
}

/** Ids without a pattern that a cache could exploit, generated in portions. */
async function* someIds(count: number, portion: number, vocabulary: number) {
  for (let first = 0; first < count; first += portion) {
    const length = Math.min(portion, count - first)
    yield await Promise.resolve(
      Uint32Array.from(
        { length },
        (_, i) => (Math.imul(first + i + 1, 2654435761) >>> 8) % vocabulary,
      ),
    )
  }
}
