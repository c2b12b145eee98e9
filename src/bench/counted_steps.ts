// What a chunk and a token ask of the GPU, step by step: dispatches as they are made, FLOP and bytes as roofline.ts counts
// them. Nothing is timed, so that a GPU that computes nothing will do.
import { headsOf } from '../forward/cache.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import type { SettingOverrides, WeightStorage } from '../api/settings.ts'
import { whileAnswering } from './answering.ts'
import { countCalls } from './calls.ts'
import { idleGpu } from './idle_gpu.ts'
import { onOwnDevice } from './own_device.ts'
import { openRandomEngine } from './random_model.ts'
import { readMore } from './reading.ts'
import type { CallsRecord } from './record.ts'
import { chunkWork, partsOfGateUp, tokenWork, type Step, type Works } from './roofline.ts'
import type { Shape } from './shapes.ts'
import { stepNames } from './step_names.ts'

/** Of a chunk, or of a token. */
export interface CountedSteps {
  readonly calls: CallsRecord
  /** dispatches */
  readonly steps: ReadonlyMap<Step, number>
  readonly works: Works
}

export interface ShapeSteps {
  readonly weights: WeightStorage
  /** tokens of the chunk, and the slots in use when it comes and when the token does */
  readonly tokens: number
  readonly slots: number
  readonly blocks: readonly number[]
  readonly chunk: CountedSteps
  readonly token: CountedSteps
}

/** A chunk that makes the full cache evict, and a token after it. */
export function countSteps(shape: Shape, overrides: SettingOverrides = {}): Promise<ShapeSteps> {
  return onOwnDevice(idleGpu(), async (gpu) => {
    const { engine: random } = await openRandomEngine(gpu, shape, overrides)
    const counter = countedBy(random)
    const { engine } = counter
    const { plan, cache } = engine
    const { budget, chunk } = plan.settings
    clearCache(engine)
    do await readMore(engine, chunk, () => undefined)
    while (headsOf(cache).some(({ occupied }) => occupied < budget))

    let blocks: readonly number[] = []
    const read = await counter.count(async () => {
      ;[blocks = []] = (await readMore(engine, chunk, () => undefined)).blocks
    })
    const slots = Math.max(...headsOf(cache).map(({ occupied }) => occupied))
    const token = await whileAnswering(engine, 1, counter.count)
    const parts = partsOfGateUp(engine.weights)
    return {
      weights: plan.settings.storage.weights,
      tokens: chunk,
      slots,
      blocks,
      chunk: { ...read, works: chunkWork(plan, budget, blocks, parts) },
      token: { ...token, works: tokenWork(plan, slots + 1, parts) },
    }
  })
}

type Counted = Pick<CountedSteps, 'calls' | 'steps'>

interface Counter {
  readonly engine: Engine
  readonly count: (run: () => Promise<void>) => Promise<Counted>
}

function countedBy(random: Engine): Counter {
  const stepOf = stepNames(random.weights)
  let steps = new Map<Step, number>()
  const { recorder } = random
  const engine: Engine = {
    ...random,
    recorder: {
      ...recorder,
      run(compiled, params, buffers, grid) {
        const step = stepOf(compiled.kernel.name, Object.values(buffers))
        steps.set(step, (steps.get(step) ?? 0) + 1)
        recorder.run(compiled, params, buffers, grid)
      },
      get recorded() {
        return recorder.recorded
      },
    },
  }
  return {
    engine,
    async count(run) {
      const own = (steps = new Map<Step, number>())
      const stop = countCalls(random.gpu.device)
      await run()
      steps = new Map() // what comes after is not its own
      return { calls: stop(), steps: own }
    },
  }
}
