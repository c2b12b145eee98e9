// The cost of budgets per KV head. Times a chunk and an answer with budgets split by the shares of a heads' file, and
// with even ones. Both have the same weights and the same number of units, and are measured alternately.
import type { Settings } from '../api/settings.ts'
import type { TileSize } from '../kernels/attend_chunk.ts'
import { headsOf } from '../forward/cache.ts'
import { createEngine, type Engine } from '../forward/engine.ts'
import { compileKernels } from '../forward/kernel_set.ts'
import { makePlan } from '../plan/plan.ts'
import { resolveSettings } from '../plan/settings.ts'
import type { Gpu } from '../gpu/device.ts'
import { createCompiler } from '../forward/compiler.ts'
import { openPolicy } from '../policies/policies.ts'
import { pcg } from '../random.ts'
import { answerMs } from './answering.ts'
import { perUnit } from './attained.ts'
import type { BenchOptions } from './bench.ts'
import type { ByHead } from './by_head_file.ts'
import { countWork } from './by_head_work.ts'
import { requireSense } from './bench_shape.ts'
import { onOwnDevice } from './own_device.ts'
import { openRandomEngine, type RandomEngine } from './random_model.ts'
import { readMore } from './reading.ts'
import type { ByHeadRecord, Effort, SideBySide } from './record.ts'
import { describeShape, shapes, type ShapeName } from './shapes.ts'
import { spreadOf } from './statistics.ts'
import { createStepClock } from './step_clock.ts'

const rounds: Readonly<Record<Effort, number>> = { full: 15, quick: 5 }

/** Tokens of the timed answer. */
const answerTokens: Readonly<Record<Effort, number>> = { full: 33, quick: 9 }

/** Throws when WebGPU rejects something, or when the results are implausible. */
export function measureByHead(
  name: ShapeName,
  byHead: ByHead,
  options: Pick<BenchOptions, 'gpu' | 'effort' | 'cache' | 'onLine'>,
): Promise<ByHeadRecord> {
  return onOwnDevice(options.gpu, (gpu) => measure(gpu, name, byHead, options))
}

async function measure(
  gpu: Gpu,
  name: ShapeName,
  { hidden, budget, chunk, ...file }: ByHead,
  { effort, cache, onLine }: Pick<BenchOptions, 'effort' | 'cache' | 'onLine'>,
): Promise<ByHeadRecord> {
  const shape = { ...shapes[name], retainingWidth: hidden }
  const overrides = {
    policy: 'locret',
    allocation: 'by-head',
    ...(budget !== undefined && { budget }),
    ...(chunk !== undefined && { chunk }),
    ...(cache !== undefined && { storage: { cache } }),
  } as const
  const settings = resolveSettings(overrides, describeShape(shape), { heads: file })
  const own = await openRandomEngine(gpu, shape, settings, file.shares)
  const even = await evenly(gpu, own.engine)
  const sides = { even, byHead: own }
  onLine(`${name}: even budgets and those of each head, in turns`)

  const tokens = answerTokens[effort]
  const read = async ({ engine }: RandomEngine) => {
    const { ms } = await readMore(engine, settings.chunk, () => undefined)
    return ms
  }
  const answer = ({ engine }: RandomEngine) =>
    answerMs(engine, 1, tokens).then((ms) => ms / (tokens - 1))
  for (const { engine } of [even, own]) fill(engine)
  const reading = await inTurns(sides, rounds[effort], read)
  const answering = await inTurns(sides, rounds[effort], answer)
  for (const { engine } of [even, own]) await requireSense(engine)
  const stepsOf = async (random: RandomEngine) => ({
    chunk: await random.clock.time(async () => {
      await read(random)
    }),
    // with a question of one token the first step is like the others
    token: await random.clock.time(async () => {
      await answer(random)
    }),
  })
  const steps = { even: await stepsOf(even), byHead: await stepsOf(own) }
  const together = (unit: 'chunk' | 'token', count: number) => {
    const { [unit]: a } = steps.even
    const { [unit]: b } = steps.byHead
    return a && b && beside(perUnit(a, count), perUnit(b, count))
  }
  return {
    name,
    settings,
    block: own.engine.plan.longestBlock,
    budgets: own.engine.plan.budgets,
    counted: {
      even: countWork(even.engine.plan, tileOf(even.engine)),
      byHead: countWork(own.engine.plan, tileOf(own.engine)),
    },
    reading,
    answering,
    readingSteps: together('chunk', 1) ?? null,
    answeringSteps: together('token', tokens) ?? null,
  }
}

/** The same weights with even budgets. */
async function evenly(gpu: Gpu, { plan, weights }: Engine): Promise<RandomEngine> {
  const settings: Settings = { ...plan.settings, allocation: 'even' }
  const evenPlan = makePlan(plan.model, settings, plan.retainingWidth)
  const compiler = createCompiler(gpu.device)
  const [kernels, policy] = await Promise.all([
    compileKernels(compiler, evenPlan),
    openPolicy(compiler, evenPlan),
  ])
  const clock = createStepClock(gpu, weights)
  const engine = createEngine(gpu, evenPlan, kernels, weights, policy, { profile: clock.profile })
  return { engine: clock.watch(engine), clock }
}

/** Fills every head to its budget with arbitrary units. Scores differ, so that an eviction has a choice. */
function fill({ gpu, plan, cache }: Engine): void {
  for (const [layer, { heads, scores }] of cache.layers.entries()) {
    const noise = Float32Array.from({ length: scores.size / 4 }, (_, i) => pcg(i) / 2 ** 31 - 1)
    gpu.device.queue.writeBuffer(scores.buffer, scores.offset, noise)
    for (const [kvHead, head] of heads.entries()) {
      head.occupied = plan.budgets[layer]?.[kvHead] ?? 0
    }
  }
  cache.seen = Math.max(...headsOf(cache).map(({ occupied }) => occupied))
}

/**
 * Measures both sides alternately and in alternating order, after one round that is not counted.
 * @param run returns its own time, in milliseconds
 */
async function inTurns<Side>(
  { even, byHead }: { readonly even: Side; readonly byHead: Side },
  count: number,
  run: (side: Side) => Promise<number>,
): Promise<SideBySide> {
  await run(even)
  await run(byHead)
  const ms: { readonly even: number; readonly byHead: number }[] = []
  for (let round = 0; round < count; round++) {
    if (round % 2 === 0) {
      const first = await run(even)
      ms.push({ even: first, byHead: await run(byHead) })
    } else {
      const first = await run(byHead)
      ms.push({ even: await run(even), byHead: first })
    }
  }
  return {
    evenMs: spreadOf(ms.map((pair) => pair.even)),
    byHeadMs: spreadOf(ms.map((pair) => pair.byHead)),
    ratio: spreadOf(ms.map((pair) => pair.byHead / pair.even)),
  }
}

/** The slowest first. */
function beside(even: ReadonlyMap<string, number>, byHead: ReadonlyMap<string, number>) {
  return [...new Set([...even.keys(), ...byHead.keys()])]
    .map((step) => ({ step, evenMs: even.get(step) ?? 0, byHeadMs: byHead.get(step) ?? 0 }))
    .sort((a, b) => b.evenMs - a.evenMs)
}

/** Layers of the models measured here have heads alike. */
function tileOf({ kernels }: Engine): TileSize {
  const [first] = kernels.ofLayers
  if (!first) throw new Error('the model has no layers')
  return first.tile
}
