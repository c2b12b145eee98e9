// A real model in the engine compared with transformers; fixtures/real_models.py wrote the expected values. `npm run
// real-models` fetches the model's file, which is served under /real-models/.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clearCache, type Engine } from '../forward/engine.ts'
import { likelihoodOf } from '../reading/likelihood.ts'
import { loadEngine } from '../reading/load.ts'
import { prefill } from '../reading/prefill.ts'
import { openGpu, type Gpu } from '../gpu/device.ts'
import type { ChatForm } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { ask } from './small_engine.ts'
import { farthest } from './farthest.ts'

interface Room {
  readonly budget: number
  readonly chunk: number
}

interface Run extends Room {
  readonly kind: string
  /** `beyond the window`: the budget is longer than the sliding window; the other evictions have shorter ones */
  readonly case: 'kept' | 'evicted' | 'evicted beyond the window'
  readonly document: string
  /** of a chat; absent where the document is the whole prompt */
  readonly question?: string
  readonly promptIds: readonly number[]
  readonly greedyIds: readonly number[]
  /** before the answer's token `step`: logits of a few ids */
  readonly logits: readonly {
    readonly step: number
    readonly ids: readonly number[]
    readonly values: readonly number[]
  }[]
}

interface Expected {
  /** where nothing is evicted */
  readonly room: Room & { readonly sinks: number; readonly local: number }
  readonly runs: readonly Run[]
}

/** Slots for the held-out tokens and the answer. */
const tail = 64

/**
 * In software a run takes half a minute of a core, a long prompt or a larger model five minutes. A busy machine must not
 * fail.
 */
const timeoutMs = 3_600_000

/** f32 arithmetic on both sides, on the values of the GGUF file: only the order of sums differs. */
export const exact = { weights: 'file', cache: 'f32', within: 2e-3 } as const

export interface RealModelOptions {
  /** runs whose logits and greedy tokens are checked, `kind case`; all by default. Every prompt is tokenized. */
  readonly runs?: readonly string[]
  /** runs whose greedy answers are also decoded token by token, `kind case` */
  readonly decoded: readonly string[]
  /** number of tokens decoded of each */
  readonly decodedTokens: number
}

/** Checks that every logit is within `exact.within`, and every greedy token the most likely within the same tolerance. */
export async function holdToTransformers(
  name: string,
  { runs: chosen, decoded, decodedTokens }: RealModelOptions,
): Promise<void> {
  const expected = (await (await fetch(`/fixtures/real/${name}.json`)).json()) as Expected
  const { room, runs } = expected
  const { sinks, ...others } = room
  const policy = { name: 'streaming', stabilizers: 0, sinks } as const
  const find = (title: string): Run => {
    const found = runs.find((run) => `${run.kind} ${run.case}` === title)
    if (found === undefined) throw new Error(`no run '${title}' was recorded for ${name}`)
    return found
  }
  let gpu: Gpu
  let engine: Engine
  let tokenizer: Tokenizer
  let chat: ChatForm

  beforeAll(async () => {
    gpu = await openGpu(navigator.gpu)
    const loaded = await loadEngine(gpu, new URL(`/real-models/${name}.gguf`, location.href), {
      overrides: { ...others, tail, policy, storage: exactStorage() },
      heads: undefined,
      onProgress: () => undefined,
      signal: undefined,
    })
    engine = loaded.engine
    ;({ tokenizer, chat } = loaded.texts)
  }, timeoutMs)
  afterAll(() => gpu.close())

  describe.each(runs.filter((run) => run.case === 'kept'))('$kind', (run) => {
    test('is tokenized as by transformers', () => {
      expect(promptIds(tokenizer, chat, run)).toEqual(run.promptIds)
    })
  })

  test.each(chosen?.map(find) ?? runs)(
    '$kind, $case: logits and 32 greedy tokens',
    async (run) => {
      const reading = inRoom(engine, run)
      const held = await read(reading, run.promptIds, room.local)
      const forced = Uint32Array.from([...held, ...run.greedyIds])
      const scored = run.greedyIds.length + 1
      const signal = new AbortController().signal
      const { logits = new Float32Array() } = await likelihoodOf(
        reading,
        forced,
        scored,
        true,
        signal,
      )
      const vocabulary = engine.plan.model.vocabulary
      const row = (step: number) => logits.subarray(step * vocabulary, (step + 1) * vocabulary)
      const differences = run.logits.map(({ step, ids, values }) =>
        farthest(
          ids.map((id) => row(step)[id] ?? NaN),
          values,
        ),
      )
      const behind = run.greedyIds.map((id, step) => highest(row(step)) - (row(step)[id] ?? NaN))
      const likeliest = behind.filter((gap) => gap === 0).length
      console.info(
        `${name}, ${run.kind} ${run.case}: logits at most ${Math.max(...differences).toExponential(1)} apart, ${likeliest} of ${behind.length} greedy tokens the likeliest`,
      )
      differences.forEach((difference, i) =>
        expect(difference, `logits before token ${run.logits[i]?.step}`).toBeLessThan(exact.within),
      )
      expect(Math.max(...behind)).toBeLessThan(exact.within)
    },
    timeoutMs,
  )

  test.each(decoded)(
    '%s: decoded token by token',
    async (title) => {
      const run = find(title)
      const reading = inRoom(engine, run)
      const held = await read(reading, run.promptIds, room.local)
      const got = await ask(reading, held, decodedTokens)
      expect(got).toEqual(run.greedyIds.slice(0, decodedTokens))
    },
    timeoutMs,
  )
}

function exactStorage() {
  const { weights, cache } = exact
  return { weights, cache }
}

/** The prompt as a session reads it. */
function promptIds(tokenizer: Tokenizer, chat: ChatForm, { document, question }: Run): number[] {
  if (question === undefined) {
    const { before, after } = tokenizer.frame
    return [...before, ...tokenizer.encode(document, 'control', 'start'), ...after]
  }
  const { prefix, boundary, lead } = chat
  return [...prefix, ...tokenizer.encode(lead + document, 'data', boundary), ...chat.tail(question)]
}

/** The same engine, buffers and weights with a smaller budget and chunk. */
function inRoom(engine: Engine, { budget, chunk }: Room): Engine {
  const { plan } = engine
  const budgets = plan.budgets.map((heads) => heads.map(() => budget))
  return { ...engine, plan: { ...plan, budgets, settings: { ...plan.settings, budget, chunk } } }
}

/** @returns the ids held out */
async function read(engine: Engine, ids: readonly number[], held: number): Promise<Uint32Array> {
  clearCache(engine)
  async function* prompt() {
    yield ids
  }
  return prefill(engine, prompt(), {
    held,
    signal: undefined,
    onBlock: () => undefined,
    onChunk: () => undefined,
  })
}

function highest(row: Float32Array): number {
  return row.reduce((most, logit) => Math.max(most, logit), -Infinity)
}
